import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** In development the page asks a running `wangge serve` for everything under `/api`. */
const server = process.env.WANGGE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  // The service may be under a sub-path; the server writes it in place of './'.
  base: './',
  plugins: [svelte()],
  server: { proxy: { '/api': { target: server, changeOrigin: true } } },
  build: { target: 'es2022', sourcemap: false, chunkSizeWarningLimit: 1600 },
  worker: { format: 'es' },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});

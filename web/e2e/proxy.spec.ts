/** The page as the content security policy and a reverse proxy with a sub-path let it be. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { type Running, start } from './server';

/** Forwards `PREFIX/…` and says so, as an operator's proxy does; everything else is not found. */
function proxy(target: string, prefix: string): Promise<Server> {
  const forward = (asked: IncomingMessage, answer: ServerResponse) => {
    const path = asked.url ?? '/';
    if (!path.startsWith(`${prefix}/`)) {
      answer.writeHead(404).end();
      return;
    }
    const headers = {
      ...asked.headers,
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-host': asked.headers.host,
      'x-forwarded-proto': 'http',
      'x-forwarded-prefix': prefix,
    };
    const inner = request(target + path.slice(prefix.length), { method: asked.method, headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.pipe(answer);
    });
    inner.on('error', () => answer.destroy());
    asked.pipe(inner);
    answer.on('close', () => inner.destroy());
  };
  const server = createServer(forward);
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

test.describe('under a sub-path behind a proxy', () => {
  let service: Running;
  let before: Server;

  test.beforeAll(async () => {
    const data = process.env.WANGGE_E2E_DATA ?? '';
    const trusted = ['--set', 'proxy.trusted=127.0.0.1'];
    service = await start([
      'demo',
      '--place',
      process.env.WANGGE_E2E_PLACE ?? 'nankang',
      '--data',
      data,
      ...trusted,
    ]);
    before = await proxy(service.url, '/grid');
  });

  test.afterAll(async () => {
    before.closeAllConnections();
    before.close();
    await service.stop();
  });

  test('the map is drawn, nothing is asked outside the sub-path, and no policy is broken', async ({
    page,
  }) => {
    const at = `http://127.0.0.1:${(before.address() as AddressInfo).port}/grid/`;
    const foreign: string[] = [];
    const failed: string[] = [];
    page.on('request', (r) => {
      if (!r.url().startsWith(at) && !/^(blob|data):/.test(r.url())) foreign.push(r.url());
    });
    page.on('response', (r) => {
      if (r.status() >= 400) failed.push(`${r.status()} ${r.url()}`);
    });
    page.on('console', (m) => {
      if (/content security policy|refused to/i.test(m.text())) failed.push(m.text());
    });
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) =>
        console.error(`Content Security Policy: ${e.violatedDirective} ${e.blockedURI}`),
      );
    });
    const answered = (path: string) =>
      page.waitForResponse((r) => r.url().includes(path) && r.status() === 200);
    const answers = ['/api/tiles/', '/api/life-circle', '/api/changes'].map(answered);
    await page.goto(`${at}#at=116.045,29.448`);
    await Promise.all(answers);
    await expect(page.locator('canvas.maplibregl-canvas')).toBeVisible();
    expect(page.url()).toContain(`${at}#`);
    expect(foreign).toEqual([]);
    expect(failed).toEqual([]);
  });
});

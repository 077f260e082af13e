/** Starts the real server on a demo town in a folder of its own, and stops it after the last test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const READY_MS = 120_000;

export function binary(): string {
  const root = resolve(import.meta.dirname, '../..');
  const named = process.env.WANGGE_BIN;
  const choices = named
    ? [resolve(named)]
    : ['release', 'debug'].map((p) => join(root, 'target', p, 'wangge'));
  const found = choices.find((path) => existsSync(path));
  if (!found)
    throw new Error(`no server to test: none of ${choices.join(', ')} exists; build it, or set WANGGE_BIN`);
  return found;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

export interface Running {
  url: string;
  /** What it has said so far, its end. */
  said(): string;
  stop(): Promise<void>;
}

/** Runs `wangge ARGS --listen …` and waits until it is ready. */
export async function start(args: string[]): Promise<Running> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary(), [...args, '--listen', address], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const hear = (data: Buffer) => {
    said = (said + data.toString()).slice(-500_000);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const url = `http://${address}`;
  try {
    await ready(url, child);
  } catch (e) {
    child.kill('SIGKILL');
    throw new Error(`${e instanceof Error ? e.message : e}\nthe server said:\n${said.slice(-8000)}`);
  }
  return { url, said: () => said, stop: () => stop(child) };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the server did not become ready');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(patience);
}

/** The passwords of the demo's accounts, as it shows them once. */
function passwords(said: string): Record<string, string> {
  const lines = [...said.matchAll(/^ {2}(worker|dispatcher|planner|admin) +(\S+)/gm)];
  if (lines.length !== 4) throw new Error(`the demo did not show its accounts:\n${said}`);
  return Object.fromEntries(lines.map(([, name, password]) => [name, password]));
}

export default async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'wangge-e2e-'));
  const place = process.env.WANGGE_E2E_PLACE ?? 'nankang';
  const server = await start(['demo', '--place', place, '--data', folder]);
  process.env.WANGGE_E2E_URL = server.url;
  process.env.WANGGE_E2E_DATA = folder;
  process.env.WANGGE_E2E_PASSWORDS = JSON.stringify(passwords(server.said()));
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

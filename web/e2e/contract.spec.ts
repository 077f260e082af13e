import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import openapi, { astToString } from 'openapi-typescript';
import { base, expect, test } from './map';

test('the types of the page are those of the server’s document', async () => {
  const current = astToString(await openapi(new URL(`${base()}/api/openapi.json`)));
  const kept = readFileSync(join(import.meta.dirname, '../src/api/schema.d.ts'), 'utf8');
  // The tool opens the file with a remark of its own.
  expect(kept.slice(kept.indexOf('export interface paths'))).toBe(
    current.slice(current.indexOf('export interface paths')),
  );
});

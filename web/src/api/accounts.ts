/** Questions about people: who is logged in, their accounts, what they did. */
import { file, type Sent, send } from './client';
import type {
  AuditEntry,
  FreshToken,
  Grant,
  OneSession,
  Result,
  Role,
  Scope,
  Session,
  Token,
  User,
} from './types';

const part = encodeURIComponent;
const within = (signal?: AbortSignal): Sent => (signal ? { signal } : {});

export const session = (): Promise<Result<Session>> => send('/session');

export const logIn = (name: string, password: string): Promise<Result<Session>> =>
  send('/session', { method: 'POST', body: { name, password } });

export const logOut = (): Promise<Result<null>> => send('/session', { method: 'DELETE' });

export const changePassword = (current: string, fresh: string): Promise<Result<null>> =>
  send('/account/password', { method: 'PUT', body: { current, new: fresh } });

export const sessions = (signal?: AbortSignal): Promise<Result<{ sessions: OneSession[] }>> =>
  send('/account/sessions', within(signal));

export const endSession = (id: number): Promise<Result<null>> =>
  send(`/account/sessions/${id}`, { method: 'DELETE' });

export const tokens = (signal?: AbortSignal): Promise<Result<{ tokens: Token[] }>> =>
  send('/account/tokens', within(signal));

export interface NewToken {
  name: string;
  scopes: Scope[];
  expires_at: string;
}

export const addToken = (token: NewToken): Promise<Result<FreshToken>> =>
  send('/account/tokens', { method: 'POST', body: token });

export const endToken = (id: number): Promise<Result<null>> =>
  send(`/account/tokens/${id}`, { method: 'DELETE' });

export interface UsersQuestion {
  q?: string | undefined;
  limit: number;
  offset: number;
}

export const users = (
  q: UsersQuestion,
  signal?: AbortSignal,
): Promise<Result<{ users: User[]; total: number }>> =>
  send('/users', { query: { ...q }, ...within(signal) });

export interface NewGrant {
  role: Role;
  area?: string;
}

export interface NewUser {
  name: string;
  display_name?: string;
  password: string;
  grants: NewGrant[];
}

export const addUser = (user: NewUser): Promise<Result<User>> =>
  send('/users', { method: 'POST', body: user });

export interface UserPatch {
  display_name?: string | null;
  disabled?: boolean;
  password?: string;
}

export const changeUser = (name: string, patch: UserPatch): Promise<Result<User>> =>
  send(`/users/${part(name)}`, { method: 'PATCH', body: patch });

export const addGrant = (name: string, grant: NewGrant): Promise<Result<Grant>> =>
  send(`/users/${part(name)}/grants`, { method: 'POST', body: grant });

export const removeGrant = (name: string, id: number): Promise<Result<null>> =>
  send(`/users/${part(name)}/grants/${id}`, { method: 'DELETE' });

export interface AuditQuestion {
  user?: string | undefined;
  action?: string | undefined;
  layer?: string | undefined;
  /** RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
}

export const audit = (
  q: AuditQuestion & { before?: number | undefined; limit: number },
  signal?: AbortSignal,
): Promise<Result<{ entries: AuditEntry[]; next: number | null }>> =>
  send('/audit', { query: { ...q }, ...within(signal) });

/** Most entries of one table. */
export const MOST_ROWS = 10_000;

export const auditTable = (q: AuditQuestion): Promise<Result<Blob>> =>
  file('/audit', { query: { ...q, f: 'csv', limit: MOST_ROWS }, accept: 'text/csv' });

/** The users of the configuration: `alice:operator:scrypt.…`, separated by commas. */
import { type PasswordHash, readPasswordHash } from './password-hash.ts';
import { type Role, ROLES, type Visitor } from './visitor.ts';

export interface User extends Visitor {
  readonly password: PasswordHash;
}

/** A colon ends the name in HTTP's basic authentication. */
export const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** The users, or what is wrong, without repeating what may be a password. */
export function readUsers(text: string): readonly User[] | { readonly problem: string } {
  const users: User[] = [];
  for (const [index, entry] of text.split(',').entries()) {
    const user = readUser(entry.trim());
    if (user === undefined) {
      return {
        problem: `users as \`contrail web user\` prints them, name:role:scrypt.…; entry ${index + 1} is not one`,
      };
    }
    if (users.some(({ name }) => name === user.name))
      return { problem: `different names; ${user.name} is there twice` };
    users.push(user);
  }
  return users;
}

function readUser(entry: string): User | undefined {
  const [name = '', word = '', hash = '', ...rest] = entry.split(':');
  const role = roleOf(word);
  const password = readPasswordHash(hash);
  if (!USER_NAME.test(name) || role === undefined || password === undefined || rest.length > 0) return undefined;
  return { name, role, password };
}

export function roleOf(word: string): Role | undefined {
  return ROLES.find((role) => role === word);
}

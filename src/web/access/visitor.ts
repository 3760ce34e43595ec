/** Who sends a request, and what they may do. */

/** Readers look; operators also start, stop and change things. */
export type Role = 'reader' | 'operator';
export const ROLES = ['reader', 'operator'] as const;

/** What a route asks for. `public` routes ask for nothing. */
export type RouteAccess = 'public' | Role;

export interface Visitor {
  /** For the audit log and the page: a user's name, the proxy's word for them, or what the token is for. */
  readonly name: string;
  readonly role: Role;
}

export function mayUse({ role }: Visitor, access: RouteAccess): boolean {
  return access !== 'operator' || role === 'operator';
}

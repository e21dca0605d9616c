import { Failure } from './failure.js';

/** ARN of an IAM role in any partition (IAM User Guide, "IAM identifiers"); its path is part of the name. */
const rolePattern = /^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

/** Is it a role, or a role with `*` for the end of its name? A star elsewhere could let in another account's roles. */
export function isRolePattern(text: string): boolean {
  return rolePattern.test(text.endsWith('*') ? `${text.slice(0, -1)}x` : text);
}

/**
 * The role to assume for reading a source. Whoever may send requests could otherwise have this server read, with every role that trusts
 * it, what they may not read themselves (the "confused deputy" of the IAM User Guide): so operators list the roles that requests may name.
 * @param allowed REELWAY_SOURCE_ROLES; empty: none is ever assumed, and sources are read with the server's own credentials
 * @throws Failure source_forbidden for a role that is not listed
 */
export function roleToAssume(
  { source, sourceRoleArn }: { readonly source: string; readonly sourceRoleArn?: string | undefined },
  allowed: readonly string[],
): string | undefined {
  if (sourceRoleArn === undefined || allowed.length === 0 || !/^s3:/i.test(source)) return undefined;
  const listed = allowed.some((pattern) =>
    pattern.endsWith('*') ? sourceRoleArn.startsWith(pattern.slice(0, -1)) : sourceRoleArn === pattern,
  );
  if (listed && rolePattern.test(sourceRoleArn)) return sourceRoleArn;
  throw new Failure(
    'source_forbidden',
    `The role ${JSON.stringify(sourceRoleArn)} may not be named by requests: REELWAY_SOURCE_ROLES lists those that may.`,
    { details: { role: sourceRoleArn } },
  );
}

/** `npm run deploy:aws -- <command>`: what is asked for, as arguments of the CDK command line and changes of its environment. */
export interface Plan {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What has to be typed before it runs; undefined: nothing. */
  readonly confirmation: string | undefined;
}

export const usage = `npm run deploy:aws -- <command> [--confirm <stack name>]

  diff                what a deployment would change
  deploy              deploys REELWAY_VERSION
  release <version>   deploys that version: an image tag, which is a git tag and never changes
  rollback <version>  the same, for a version that was there before
  destroy             removes the stack; buckets and a snapshot of the database stay

A stack whose name has "prod" in it asks for its name first, and so does every destroy; --confirm gives it where nobody types.`;

const commands = ['diff', 'deploy', 'release', 'rollback', 'destroy'];

/** @throws Error that says what is allowed */
export function planOf(words: readonly string[], environment: Readonly<Record<string, string | undefined>>): Plan {
  const [command = '', version] = words;
  if (!commands.includes(command)) throw new Error(`Unknown command "${command}".\n\n${usage}`);
  const needsVersion = command === 'release' || command === 'rollback';
  if (words.length !== (needsVersion ? 2 : 1))
    throw new Error(`${command} takes ${needsVersion ? 'a version' : 'nothing more'}.\n\n${usage}`);
  const stack = environment.STACK_NAME ?? '';
  if (stack === '') throw new Error('STACK_NAME: the name of the stack; given: nothing');
  const guarded = command === 'destroy' || (command !== 'diff' && /prod/i.test(stack));
  const cdk =
    command === 'diff'
      ? ['diff']
      : command === 'destroy'
        ? ['destroy', '--force']
        : ['deploy', '--require-approval', 'broadening'];
  return {
    arguments: cdk,
    environment: version === undefined ? {} : { REELWAY_VERSION: version },
    confirmation: guarded ? stack : undefined,
  };
}

/** `npm run deploy:aws -- <command>` */
export interface Command {
  readonly name: 'diff' | 'deploy' | 'release' | 'promote' | 'rollback' | 'destroy';
  readonly version: string | undefined;
  /** It is about the staging stack; a release always is, a promotion never. */
  readonly staging: boolean;
  /** The name of the stack, where nobody types it. */
  readonly confirmed: string | undefined;
}

export const usage = `npm run deploy:aws -- <command> [--staging] [--confirm <stack name>]

  release <version>     makes a version: builds its image from the git tag of that name, pushes it once, and runs it on the staging stack, if there is one
  promote <version>     runs a version that was released on the production stack
  rollback [<version>]  runs the version before the present one again, or that one
  deploy                brings the stack up to its settings; the version stays (the first time it is REELWAY_VERSION)
  diff                  what deploy would change
  destroy               removes the stack; buckets and a snapshot of the database stay

The production stack is that of deploy/aws/.env; .env.staging has what is other for the staging stack, which --staging is about.
A stack whose name has "prod" in it asks for its name first, and so does every destroy; --confirm gives it where nobody types.`;

/** How many versions a command takes, and whether it can be about either stack. */
const commands: Readonly<Record<Command['name'], { readonly versions: readonly number[]; readonly either: boolean }>> =
  {
    release: { versions: [1], either: false },
    promote: { versions: [1], either: false },
    rollback: { versions: [0, 1], either: true },
    deploy: { versions: [0], either: true },
    diff: { versions: [0], either: true },
    destroy: { versions: [0], either: true },
  };

export const versionPattern = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** @throws Error that says what is allowed */
export function readCommand(given: readonly string[]): Command {
  const words = [...given];
  const at = words.indexOf('--confirm');
  const confirmed = at < 0 ? undefined : words.splice(at, 2)[1];
  const asked = words.filter((word) => word !== '--staging');
  const [name = '', ...versions] = asked;
  if (!isCommand(name)) throw new Error(`Unknown command "${name}".\n\n${usage}`);
  const { versions: allowed, either } = commands[name];
  if (!allowed.includes(versions.length) || (asked.length < words.length && !either))
    throw new Error(`${name} does not take this.\n\n${usage}`);
  const [version] = versions;
  if (version !== undefined && !versionPattern.test(version))
    throw new Error(`A version is a git tag such as v1.2.3; given: ${version}`);
  return { name, version, staging: name === 'release' || asked.length < words.length, confirmed };
}

function isCommand(name: string): name is Command['name'] {
  return Object.hasOwn(commands, name);
}

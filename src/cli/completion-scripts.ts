export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** One command as a shell has to know it. */
export interface CompletedCommand {
  /** `['jobs', 'list']` */
  readonly path: readonly string[];
  readonly summary: string;
  /** Names of the commands below it. */
  readonly words: readonly string[];
  readonly options: readonly string[];
  /** What an option allows. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** What its arguments allow. */
  readonly values: readonly string[];
  /** Its arguments are files, or may be. */
  readonly takesFiles: boolean;
}

/** The script that the shell loads. */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  return { bash, zsh, fish }[shell](commands);
}

/** bash, and zsh through its bashcompinit: one function that walks the words up to the one that is being written. */
function bash(commands: readonly CompletedCommand[]): string {
  return `# reelway completion for bash: source <(reelway completion bash)
_reelway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word found
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    found="\${path:+$path }$word"
    case "$found" in
      ${commands.map(({ path }) => quoted(path.join(' '))).join('|')}) path="$found" ;;
    esac
  done
  case "$path $previous" in
${commands.flatMap(choiceCases).join('\n')}
  esac
  case "$path" in
    '') COMPREPLY=($(compgen -W ${quoted([...topWords(commands), '--help', '--version'].join(' '))} -- "$current")) ;;
${commands.map(wordCase).join('\n')}
  esac
}
complete -o bashdefault -F _reelway reelway`;
}

function choiceCases({ path, choices }: CompletedCommand): string[] {
  return Object.entries(choices).map(
    ([option, values]) =>
      `    ${quoted(`${path.join(' ')} ${option}`)}) COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$current")); return ;;`,
  );
}

function wordCase({ path, words, options, values, takesFiles }: CompletedCommand): string {
  const all = quoted([...words, ...values, ...options].join(' '));
  const files = takesFiles && values.length === 0 ? ' $(compgen -f -- "$current")' : '';
  return `    ${quoted(path.join(' '))}) COMPREPLY=($(compgen -W ${all} -- "$current")${files}) ;;`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  return `# reelway completion for zsh: source <(reelway completion zsh)
autoload -U +X compinit bashcompinit
compinit -i
bashcompinit
${bash(commands)}`;
}

/** https://fishshell.com/docs/current/completions.html */
function fish(commands: readonly CompletedCommand[]): string {
  return [
    '# reelway completion for fish: reelway completion fish > ~/.config/fish/completions/reelway.fish',
    'complete -c reelway -f',
    ...commands.flatMap((command) => {
      const { path, summary, options, choices, values, takesFiles } = command;
      const [name = '', ...above] = path.toReversed();
      const parents = above.toReversed();
      const isTop = parents.length === 0;
      const offered = isTop ? '__fish_use_subcommand' : seen(parents);
      const here = quoted(seen(path));
      return [
        `complete -c reelway -n ${quoted(offered)} -a ${name} -d ${quoted(summary)}`,
        ...options.map((option) => {
          const allowed = choices[option] ? ` -x -a ${quoted(choices[option].join(' '))}` : '';
          return `complete -c reelway -n ${here} -l ${option.slice(2)}${allowed}`;
        }),
        ...(values.length > 0 ? [`complete -c reelway -n ${here} -a ${quoted(values.join(' '))}`] : []),
        ...(takesFiles && values.length === 0 ? [`complete -c reelway -n ${here} -F`] : []),
      ];
    }),
  ].join('\n');
}

function seen(path: readonly string[]): string {
  return path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
}

function topWords(commands: readonly CompletedCommand[]): string[] {
  return commands.filter(({ path }) => path.length === 1).map(({ path }) => path[0] ?? '');
}

/** For any of the three shells: nothing is special between these quotes but they themselves. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

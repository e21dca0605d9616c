/** A Dockerfile's instructions, as far as ours uses the language: https://docs.docker.com/reference/dockerfile/ */
export interface Instruction {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

export interface Stage {
  readonly name: string;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  readonly stages: readonly Stage[];
}

export function readDockerfile(text: string): Dockerfile {
  const args = new Map<string, string>();
  const stages: { name: string; image: string; instructions: Instruction[] }[] = [];
  for (const { name, value, line } of instructionsOf(text)) {
    if (name === 'ARG' && stages.length === 0) {
      const [key = '', ...given] = value.split('=');
      args.set(key, given.join('='));
    } else if (name === 'FROM') {
      const [image = '', , stage = String(stages.length)] = value.split(/\s+/);
      stages.push({
        name: stage,
        image: image.replace(/\$\{(\w+)\}/g, (_, key: string) => args.get(key) ?? ''),
        instructions: [],
      });
    } else stages.at(-1)?.instructions.push({ name, value, line });
  }
  return { stages };
}

function instructionsOf(text: string): Instruction[] {
  const found: Instruction[] = [];
  let pending = '';
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    pending += raw.replace(/\\$/, ' ');
    if (raw.endsWith('\\')) continue;
    const [, name = '', value = ''] = /^\s*(\w+)\s+(.*)$/.exec(pending) ?? [];
    found.push({ name: name.toUpperCase(), value: value.trim(), line: index + 1 });
    pending = '';
  }
  return found;
}

/** What hadolint and people who run images would say: rule numbers are hadolint's where it has the rule. */
export function dockerfileProblems({ stages }: Dockerfile): string[] {
  const problems: string[] = [];
  for (const { name, image, instructions } of stages) {
    if (!stages.some((other) => other.name === image) && !/:[^@]*\d/.test(image))
      problems.push(`DL3006/DL3007 ${name}: the image ${image} has no version`);
    for (const { name: kind, value, line } of instructions) {
      if (kind === 'ADD') problems.push(`DL3020 line ${line}: COPY in place of ADD`);
      if (kind === 'WORKDIR' && !value.startsWith('/')) problems.push(`DL3000 line ${line}: WORKDIR is absolute`);
      if ((kind === 'CMD' || kind === 'ENTRYPOINT') && !value.startsWith('['))
        problems.push(`DL3025 line ${line}: JSON form of ${kind}, or signals do not reach the process`);
      if (kind === 'RUN' && /\bsudo\b/.test(value)) problems.push(`DL3004 line ${line}: no sudo`);
      if (kind === 'RUN' && /\bcd\s/.test(value)) problems.push(`DL3003 line ${line}: WORKDIR in place of cd`);
      if (kind === 'RUN' && /\bnpm (install|i)\b/.test(value))
        problems.push(`DL3016 line ${line}: npm ci, from the lock`);
      if (kind === 'RUN' && /(curl|wget)[^|]*\|/.test(value))
        problems.push(`DL4006 line ${line}: a pipe hides failures`);
      if (kind === 'ENV' && /(PASSWORD|SECRET|TOKEN|KEY)\w*=\S/.test(value))
        problems.push(`line ${line}: a secret in the image`);
    }
  }
  const last = stages.at(-1)?.instructions ?? [];
  const user = last.filter(({ name }) => name === 'USER').at(-1)?.value;
  if (user === undefined || /^(root|0)\b/.test(user)) problems.push('DL3002: the last USER is not root');
  for (const needed of ['HEALTHCHECK', 'ENTRYPOINT', 'CMD', 'STOPSIGNAL'])
    if (!last.some(({ name }) => name === needed)) problems.push(`the last stage has no ${needed}`);
  if (last.some(({ name, value }) => name === 'COPY' && !value.startsWith('--from=')))
    problems.push('the last stage copies from the context: only what was built belongs there');
  return problems;
}

/** SGR parameters (ECMA-48 8.3.117) to switch on and off. */
const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof styles;

export function styled(style: Style, text: string): string {
  const [on, off] = styles[style];
  return `\u001B[${on}m${text}\u001B[${off}m`;
}

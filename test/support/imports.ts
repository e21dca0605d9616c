import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** One import of a file: `import`, `export ... from`, `import()` and `import('...').Type`, in the order of the text. */
export interface Import {
  /** As written: `./box.js`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** Vanishes when compiled: `import type`, `import { type A }` with no value beside it, or a type query. */
  readonly typeOnly: boolean;
  /** 1-based */
  readonly line: number;
}

/** Reads the imports of TypeScript source by the compiler's own parser, so that comments and strings never count. */
export function scanImports(text: string, fileName = 'file.ts'): Import[] {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, false);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const line = source.getLineAndCharacterOfPosition(specifier.pos).line + 1;
    found.push({ specifier: specifier.text, typeOnly, line });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyImport(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyExport(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnlyImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false; // import './effect.js'
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  if (clause.name || !clause.namedBindings || !ts.isNamedImports(clause.namedBindings)) return false;
  const names = clause.namedBindings.elements;
  return names.length > 0 && names.every((name) => name.isTypeOnly);
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  if (!node.exportClause || !ts.isNamedExports(node.exportClause)) return false;
  const names = node.exportClause.elements;
  return names.length > 0 && names.every((name) => name.isTypeOnly);
}

/** Source files by their path relative to the root, `/`-separated, with their text. */
export type SourceTree = ReadonlyMap<string, string>;

const sourceFile = /\.(ts|tsx|mts)$/;

/** Every TypeScript file under the named folders (those that exist), except under a folder named in `without`. */
export function readSourceTree(root: string, folders: readonly string[], without: readonly string[] = []): SourceTree {
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (without.includes(name) || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) walk(name);
      else if (sourceFile.test(entry.name)) tree.set(name, readFileSync(path.join(root, name), 'utf8'));
    }
  };
  for (const folder of folders) if (existsSync(path.join(root, folder))) walk(folder);
  return tree;
}

/** The file of the tree that a relative specifier means (`./a.js` is written for `a.ts`), or undefined when there is none. */
export function resolveInTree(tree: SourceTree, from: string, specifier: string): string | undefined {
  const target = path.posix.join(path.posix.dirname(from), specifier);
  const stem = target.replace(/\.(js|jsx|mjs)$/, '');
  return [target, `${stem}.ts`, `${stem}.tsx`, `${stem}.mts`].find((candidate) => tree.has(candidate));
}

/**
 * Every cycle's files in order of import, found by depth-first search; each strongly connected group is reported once, by its first cycle.
 * Types count: a type that imports its user is in the wrong file.
 */
export function findCycles(tree: SourceTree): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      cycles.push([...trail.slice(start), file]);
      return;
    }
    if (done.has(file)) return;
    for (const { specifier } of scanImports(tree.get(file)!, file)) {
      const target = specifier.startsWith('.') ? resolveInTree(tree, file, specifier) : undefined;
      if (target) visit(target, [...trail, file]);
    }
    done.add(file);
  };
  for (const file of tree.keys()) visit(file, []);
  return cycles;
}

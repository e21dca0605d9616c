import { expect, it } from 'vitest';
import { tableLines } from './table.js';

it('makes columns as wide as their widest cell and leaves no blanks at the end of a line', () => {
  const lines = tableLines(
    [
      { id: 'asset:a', size: 5 },
      { id: 'asset:longer', size: 1234 },
    ],
    [
      { title: 'ID', value: (row) => row.id },
      { title: 'SIZE', value: (row) => String(row.size), align: 'right' },
    ],
  );
  expect(lines).toEqual(['ID            SIZE', 'asset:a          5', 'asset:longer  1234']);
});

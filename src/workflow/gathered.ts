/** What a database has done in a few milliseconds, so that others do not wait for long. */
const mostTogether = 128;

/**
 * Writes together what is asked for while the write before is under way ("group commit"): a thousand who come at once cost a few writes, and
 * who comes alone waits for nobody. An item with which a write fails is tried by itself, and so are those beside it.
 * @param write answers in the order of the items
 * @param most items of one write
 */
export function gathered<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  most = mostTogether,
): (item: Item) => Promise<Result> {
  let waiting: Asked<Item, Result>[] = [];
  let writing = false;

  async function answer(some: readonly Asked<Item, Result>[]): Promise<void> {
    try {
      const results = await write(some.map(({ item }) => item));
      for (const [index, { resolve }] of some.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (some.length === 1) some[0]?.reject(error);
      else for (const one of some) await answer([one]);
    }
  }

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const some = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await answer(some);
    }
    writing = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // Who asks in the same turn of the event loop comes along.
      if (!writing && waiting.length === 1) setImmediate(() => void writeAll());
    });
}

interface Asked<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

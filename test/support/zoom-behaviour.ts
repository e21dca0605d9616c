import type { ServerResponse } from 'node:http';

/** How a test wants Zoom to behave. */

export interface Behaviour {
  /** Answer the next requests whose `METHOD /path` matches so, one after the other. */
  readonly answers?: readonly ScriptedAnswer[];
  /** Asked at each request, as `METHOD /path?query`, that no scripted answer is for. */
  readonly fault?: (line: string) => Omit<ScriptedAnswer, 'match'> | undefined;
  /** seconds that OAuth tokens live; default 3600 */
  readonly tokenSeconds?: number;
  /** scopes that the app lacks: the operations that need them answer 4711 */
  readonly missingScopes?: readonly string[];
  /** recordings in a page, at most; default what is asked for */
  readonly pageSize?: number;
  /** gives the same page token for ever, as Zoom's bug does */
  readonly endlessPages?: boolean;
  /** cut the next downloads after so many bytes each, then no more */
  readonly cutDownloadsAfter?: readonly number[];
  /** milliseconds before each download's first byte */
  readonly downloadDelay?: number;
  /** does the media host know ranges? default true */
  readonly ranges?: boolean;
  /** redirect downloads to here in place of the media host */
  readonly redirectTo?: string;
  /** serve downloads at once, without a redirect */
  readonly direct?: boolean;
  /** the media host wants the Authorization header, which it otherwise refuses */
  readonly mediaWantsToken?: boolean;
}

export interface ScriptedAnswer {
  /** tested against `METHOD /path?query` */
  readonly match: RegExp;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** break the connection in place of an answer */
  readonly cut?: true;
  /** with `cut`: break it when what was asked for is done */
  readonly afterDoing?: true;
  /** how many requests are answered so; default 1 */
  readonly times?: number;
}

export type ZoomBehaviour = ReturnType<typeof zoomBehaviour>;

export function zoomBehaviour() {
  let behaviour: Behaviour = {};
  let scripted: { answer: ScriptedAnswer; left: number }[] = [];
  let cuts: number[] = [];

  /** @returns whether the request was answered so */
  function answerScripted(line: string, response: ServerResponse): boolean {
    const found = scripted.find(({ answer, left }) => left > 0 && answer.match.test(line));
    if (found) found.left--;
    const answer = found?.answer ?? behaviour.fault?.(line);
    if (!answer) return false;
    const { status, headers = {}, body = '', cut, afterDoing } = answer;
    if (cut) response.destroy();
    // Whoever does it writes to nobody.
    if (cut && afterDoing) return false;
    if (cut) return true;
    response.writeHead(status, headers).end(body);
    return true;
  }

  return {
    get now(): Behaviour {
      return behaviour;
    },
    behave(given: Behaviour): void {
      behaviour = { ...behaviour, ...given };
      if (given.answers) scripted = given.answers.map((answer) => ({ answer, left: answer.times ?? 1 }));
      if (given.cutDownloadsAfter) cuts = [...given.cutDownloadsAfter];
    },
    /** bytes after which this download is cut */
    nextCut: (): number | undefined => cuts.shift(),
    answerScripted,
  };
}

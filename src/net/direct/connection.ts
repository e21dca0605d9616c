import net, { isIP, type LookupFunction, type Socket } from 'node:net';
import tls from 'node:tls';

/** bytes that are read at once where it is not known yet what they are; the copy that they cost is small beside an object */
const blindRead = 16 * 1024;
/** bytes that may come unasked: what was on its way when reading paused */
const maxUnread = 1024 * 1024;

/**
 * A connection whose bytes the kernel writes where they are wanted: bodies go into memory of the reader's, in pieces as large as that memory,
 * where `node:http` makes buffers of 64 KiB and copies each. That is most of what bringing over a large object costs, and all of its garbage.
 * One reader at a time, who pulls: nothing is read while nobody waits.
 */
export class Connection {
  /** Was there an exchange before? The server may have closed it meanwhile. */
  reused = false;
  /** Called once, when it is closed. */
  onClose: () => void = () => undefined;
  readonly #socket: Socket;
  #scratch = Buffer.allocUnsafeSlow(2 * blindRead);
  /** bytes of the scratch that came and are not taken yet */
  #start = 0;
  #end = 0;
  /** Memory that is being filled, and how far it is. */
  #target: Uint8Array | undefined;
  #filled = 0;
  #waiting: { readonly resolve: () => void; readonly reject: (reason: unknown) => void } | undefined;
  #idle = false;
  #closed = false;
  #fault: Error | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(url: URL, lookup: LookupFunction) {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const secure = url.protocol === 'https:';
    const options = {
      host,
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
      lookup,
      onread: {
        buffer: () => this.#room(),
        callback: (count: number, into: Uint8Array) => this.#arrived(count, into),
      },
    };
    this.#socket = secure
      ? tls.connect({ ...options, ...(isIP(host) === 0 && { servername: host }), ALPNProtocols: ['http/1.1'] })
      : net.connect(options);
    this.#socket.setNoDelay(true);
    this.#socket.on('error', (error) => (this.#fault ??= error));
    this.#socket.once('close', () => this.#ended());
  }

  /** Are bytes there of what was asked? */
  get unread(): number {
    return this.#end - this.#start;
  }

  /** Resolves when the connection stands. @throws what went wrong */
  connected(): Promise<void> {
    const event = this.#socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect';
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.once(event, () => this.#wake());
    });
  }

  send(text: string): void {
    this.#idle = false;
    this.#socket.ref();
    this.#socket.write(text, 'latin1');
  }

  /**
   * The text up to an end mark, which is left out.
   * @param limit bytes
   * @returns undefined when the connection ended before anything came
   * @throws Error when it is longer, or the connection ends inside it
   */
  async textUntil(mark: string, limit: number): Promise<string | undefined> {
    for (;;) {
      const at = this.#scratch.subarray(this.#start, this.#end).indexOf(mark, 0, 'latin1');
      if (at > limit || (at === -1 && this.unread >= limit + mark.length))
        throw malformed('HPE_HEADER_OVERFLOW', `more than ${limit} bytes of head`);
      if (at !== -1) {
        const text = this.#scratch.toString('latin1', this.#start, this.#start + at);
        this.#start += at + mark.length;
        return text;
      }
      if (this.#closed && this.unread === 0) return undefined;
      if (this.#closed) throw malformed('HPE_INVALID_EOF_STATE', 'it ends in the middle of a head');
      await this.#more();
    }
  }

  /** Fills the memory; fewer bytes come only when the connection ends, however it does. @throws why it ended, when nothing came */
  async fill(memory: Uint8Array): Promise<number> {
    this.#target = memory;
    this.#filled = 0;
    this.#takeUnread();
    try {
      if (this.#filled < memory.byteLength && !this.#closed) await this.#more();
    } catch (error) {
      // What came before counts: a link that breaks often would otherwise never come to an end.
      if (this.#filled === 0) throw error;
    }
    this.#target = undefined;
    return this.#filled;
  }

  /** Why it ended, when that was no orderly end. */
  get fault(): Error | undefined {
    return this.#fault;
  }

  /** The exchange is over, and another one may follow: until then nothing may come, and nobody is kept from ending. */
  rest(): void {
    this.limitTime(undefined);
    if (this.unread > 0) return this.destroy(new Error('more came than was asked for'));
    this.reused = true;
    this.#idle = true;
    this.#socket.unref();
    this.#socket.resume();
  }

  /** Ends the connection so many milliseconds after the last byte, with what `fault` makes; undefined: no more. */
  limitTime(milliseconds: number | undefined, fault: () => Error | undefined = () => undefined): void {
    clearTimeout(this.#timer);
    this.#timer = milliseconds === undefined ? undefined : setTimeout(() => this.destroy(fault()), milliseconds);
  }

  /** @param fault thrown to whoever waits, or reads next */
  destroy(fault: Error | undefined): void {
    this.#fault ??= fault;
    this.#socket.destroy();
    this.#ended();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Where the next bytes go. Called after each arrival for the one after it, so not only while somebody waits. */
  #room(): Uint8Array {
    if (this.#target && this.#filled < this.#target.byteLength) return this.#target.subarray(this.#filled);
    this.#scratch.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    // TLS hands on all that it has decrypted, also when reading has paused.
    if (this.#scratch.byteLength - this.#end < blindRead) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#scratch.byteLength);
      larger.set(this.#scratch.subarray(0, this.#end));
      this.#scratch = larger;
    }
    return this.#scratch.subarray(this.#end, this.#end + blindRead);
  }

  /** @returns whether to read on at once */
  #arrived(count: number, into: Uint8Array): boolean {
    this.#timer?.refresh();
    if (into.buffer === this.#scratch.buffer) this.#end += count;
    else this.#filled += count;
    if (this.#idle || this.unread > maxUnread) {
      this.destroy(new Error('more came than was asked for'));
      return false;
    }
    this.#takeUnread();
    if (this.#target && this.#filled < this.#target.byteLength) return true;
    this.#wake();
    return false;
  }

  #takeUnread(): void {
    if (!this.#target) return;
    const count = Math.min(this.unread, this.#target.byteLength - this.#filled);
    if (count === 0) return;
    this.#target.set(this.#scratch.subarray(this.#start, this.#start + count), this.#filled);
    this.#start += count;
    this.#filled += count;
  }

  #more(): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.resume();
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve();
  }

  #ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#fault === undefined) waiting?.resolve();
    else waiting?.reject(this.#fault);
    this.onClose();
  }
}

/** As Node's own parser calls it. */
function malformed(code: string, text: string): Error {
  return Object.assign(new Error(text), { code });
}

import { describe, expect, it } from 'vitest';
import { audioPid, TransportStreamWriter, videoPid } from '../../../test/support/transport-stream.js';
import { extractElementaryStreams } from './elementary-stream.js';

const bytesOf = (length: number, seed = 1) => Uint8Array.from({ length }, (_, index) => (index * 7 + seed) & 255);
const extract = (bytes: Uint8Array, pids = [videoPid, audioPid], options = {}) =>
  extractElementaryStreams(bytes.slice(), pids, { base: 0, ...options });
const packet = 188;

describe('extractElementaryStreams', () => {
  it('joins payloads of every size and marks where PES packets begin', () => {
    const sizes = [1, 100, 170, 171, 172, 183, 184, 185, 1000, 3000, 70_000];
    const writer = new TransportStreamWriter().tables();
    for (const [index, size] of sizes.entries()) {
      writer.pes(videoPid, bytesOf(size, index), {
        pts: index * 3600,
        dts: index * 3600 - 100 + 200,
        unbounded: size > 60_000,
      });
      writer.pes(audioPid, bytesOf(size % 3000, index), { pts: 2 ** 33 - 1 - index });
    }
    const [video, audio] = extract(writer.toBytes());
    expect(Buffer.compare(video!.data, Buffer.concat(sizes.map(bytesOf)))).toBe(0);
    expect(Buffer.compare(audio!.data, Buffer.concat(sizes.map((size, index) => bytesOf(size % 3000, index))))).toBe(0);
    expect(video!.marks.map(({ offset }) => offset)).toEqual(
      sizes.map((_, index) => sizes.slice(0, index).reduce((a, b) => a + b, 0)),
    );
    expect(video!.marks.map(({ pts, dts }) => [pts, dts])).toEqual(
      sizes.map((_, index) => [index * 3600, index * 3600 + 100]),
    );
    expect(audio!.marks.map(({ pts }) => pts)).toEqual(sizes.map((_, index) => 2 ** 33 - 1 - index));
  });

  it('does not allocate for the first PID: its data is a view of what was given', () => {
    const bytes = new TransportStreamWriter().pes(videoPid, bytesOf(5000), { pts: 0 }).toBytes();
    const [video] = extractElementaryStreams(bytes, [videoPid], { base: 0 });
    expect(video!.data.buffer).toBe(bytes.buffer);
  });

  it('works within a larger buffer', () => {
    const bytes = new TransportStreamWriter().pes(videoPid, bytesOf(5000), { pts: 0 }).toBytes();
    const large = new Uint8Array(bytes.length + 1000).fill(7);
    large.set(bytes, 500);
    const [video] = extractElementaryStreams(large.subarray(500, 500 + bytes.length), [videoPid], { base: 0 });
    expect(Buffer.compare(video!.data, bytesOf(5000))).toBe(0);
    expect([large[499], large[500 + bytes.length]]).toEqual([7, 7]);
  });

  it('reads PES headers with stuffing, and such that go over two packets', () => {
    const writer = new TransportStreamWriter()
      .pes(videoPid, bytesOf(400), { pts: 5, stuffing: 50 })
      .pes(videoPid, bytesOf(300, 9), { pts: 6, dts: 4, stuffing: 240 });
    const [video] = extract(writer.toBytes());
    expect(Buffer.compare(video!.data, Buffer.concat([bytesOf(400), bytesOf(300, 9)]))).toBe(0);
    expect(video!.marks).toEqual([
      { offset: 0, byteOffset: 0, end: 400, pts: 5 },
      { offset: 400, byteOffset: 3 * packet, end: 700, pts: 6, dts: 4 },
    ]);
  });

  it('keeps what comes before the first PES packet', () => {
    const writer = new TransportStreamWriter().packet(videoPid, bytesOf(184)).pes(videoPid, bytesOf(10), { pts: 1 });
    expect(extract(writer.toBytes())[0]).toMatchObject({ marks: [{ offset: 184, end: 194 }], missing: 0 });
  });

  it('tells how much of the last PES packet is missing', () => {
    const writer = new TransportStreamWriter().pes(videoPid, bytesOf(1000), { pts: 1 });
    writer.packets.pop();
    expect(extract(writer.toBytes())[0]!.missing).toBe(1000 - (184 - 14) - 4 * 184);
  });

  it('cuts off what a PES packet holds beyond its length', () => {
    const writer = new TransportStreamWriter()
      .pes(videoPid, bytesOf(100), { pts: 1 })
      .packet(videoPid, bytesOf(184))
      .pes(videoPid, bytesOf(5), { pts: 2 });
    expect(extract(writer.toBytes())[0]!.data).toHaveLength(105);
  });

  it('takes a packet that was sent twice once', () => {
    const writer = new TransportStreamWriter().pes(videoPid, bytesOf(1000), { pts: 1 });
    writer.packets.splice(3, 0, writer.packets[2]!);
    expect(Buffer.compare(extract(writer.toBytes())[0]!.data, bytesOf(1000))).toBe(0);
  });

  it('allows the counter to jump at a discontinuity_indicator, and packets without payload', () => {
    const writer = new TransportStreamWriter()
      .pes(videoPid, bytesOf(10), { pts: 1 })
      .packet(videoPid, new Uint8Array(0))
      .pes(videoPid, bytesOf(10), { pts: 2 });
    writer.packets[1]![3]! &= 0x2f; // adaptation field only: the counter stays
    writer.packets[1]![3]! |= 0x20;
    const jump = new TransportStreamWriter().pes(videoPid, bytesOf(10), { pts: 3 }).packets[0]!;
    jump[5]! |= 0x80;
    jump[3]! |= 9;
    expect(extract(Buffer.concat([...writer.packets, jump]))[0]!.marks.map(({ pts }) => pts)).toEqual([1, 2, 3]);
  });

  it('counts in the resource when its bytes are a part of it', () => {
    const writer = new TransportStreamWriter().pes(videoPid, bytesOf(10), { pts: 1 });
    expect(extract(writer.toBytes(), [videoPid], { base: 5000 })[0]!.marks[0]!.byteOffset).toBe(5000);
  });
});

describe('damage', () => {
  const stream = () => {
    const writer = new TransportStreamWriter().tables();
    for (let index = 0; index < 4; index += 1) writer.pes(videoPid, bytesOf(1000), { pts: 90_000 + index * 3600 });
    return writer;
  };
  const damages: [string, (writer: TransportStreamWriter) => unknown, string, string][] = [
    [
      'a lost packet',
      ({ packets }) => void packets.splice(10, 1),
      'source_invalid',
      'PID 256: packets are missing: continuity counter 8 is due, 9 was found (byte 1880, at 1.040 s)',
    ],
    [
      'lost sync',
      ({ packets }) => (packets[4]![0] = 0),
      'source_invalid',
      'lost sync: 0x47 expected, 0x00 found (byte 752)',
    ],
    [
      'a cut packet',
      ({ packets }) => packets.push(packets.pop()!.subarray(0, 100)),
      'source_invalid',
      'ends inside a packet: 100 of 188 bytes (byte 4700)',
    ],
    ['transport_error_indicator', ({ packets }) => (packets[4]![1]! |= 0x80), 'source_invalid', 'marked as damaged'],
    [
      'scrambled packets',
      ({ packets }) => (packets[4]![3]! |= 0x80),
      'source_encrypted',
      'transport_scrambling_control',
    ],
    [
      'a scrambled PES packet',
      (writer) => writer.pes(videoPid, bytesOf(9), { pts: 1, scrambling: 2 }),
      'source_encrypted',
      'PES_scrambling_control',
    ],
    [
      'a picture that is shown hours after it is decoded',
      (writer) => writer.pes(videoPid, bytesOf(9), { pts: 2 ** 32 + 1, dts: 1 }),
      'source_invalid',
      'PTS and DTS are more than a minute apart',
    ],
    [
      'an adaptation field longer than its packet',
      ({ packets }) => [(packets[4]![3]! |= 0x20), (packets[4]![4] = 200)],
      'source_invalid',
      'adaptation field is longer than its packet',
    ],
    [
      'a PES packet that lacks bytes',
      ({ packets }) => {
        packets.splice(7, 1);
        for (const packet of packets.slice(7)) packet[3] = (packet[3]! & 0xf0) | ((packet[3]! - 1) & 15);
      },
      'source_invalid',
      'PES packet lacks',
    ],
    [
      'no PES start code',
      ({ packets }) => (packets[2]![6] = 2),
      'source_invalid',
      'PES packet does not begin with 00 00 01',
    ],
    [
      'a padding stream',
      (writer) => writer.pes(videoPid, bytesOf(9), { streamId: 0xbe }),
      'source_invalid',
      'PES stream_id 0xbe cannot carry video or audio',
    ],
    ['no marker bits', ({ packets }) => (packets[2]![10] = 0), 'source_invalid', 'PES header without its marker bits'],
    [
      'a time stamp without marker bits',
      ({ packets }) => (packets[2]![13] = 0x20),
      'source_invalid',
      'PES time stamp without its marker bits',
    ],
    [
      'no room for its time stamps',
      ({ packets }) => (packets[2]![12] = 4),
      'source_invalid',
      'PES header is too short for its time stamps',
    ],
    [
      'a PES packet shorter than its header',
      ({ packets }) => void ((packets[2]![8] = 0), (packets[2]![9] = 2)),
      'source_invalid',
      'is shorter than its header',
    ],
    [
      'a PES header that ends with the next one',
      (writer) =>
        void writer
          .packet(videoPid, Uint8Array.of(0, 0, 1, 0xe0, 0, 0, 0x80), true)
          .pes(videoPid, bytesOf(5), { pts: 1 }),
      'source_invalid',
      'PES header is cut off',
    ],
  ];

  it.each(damages)('is refused with its place: %s', (_, damage, code, message) => {
    const writer = stream();
    damage(writer);
    expect(() => extract(Buffer.concat(writer.packets), [videoPid], { origin: 0 })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});

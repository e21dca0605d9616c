/** With everything that players forgive. */
export const ladder = `\uFEFF#EXTM3U\r
#EXT-X-VERSION:6\r
#EXT-X-INDEPENDENT-SEGMENTS\r
#EXT-X-DEFINE:NAME="token",VALUE="t=1"\r
\r
# a comment
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",LANGUAGE="en",DEFAULT=YES,CHANNELS="2",URI="audio.m3u8?{$token}"\r
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC1",INSTREAM-ID="CC1"\r
#EXT-X-STREAM-INF:BANDWIDTH=1280000,AVERAGE-BANDWIDTH=1000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="aac"\r
  720p.m3u8?{$token}  \r
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,URI="iframes.m3u8",RESOLUTION=1280x720\r
#EXT-X-STREAM-INF:BANDWIDTH=64000
#EXT-X-UNKNOWN:whatever
audio.m3u8`;

/** What stands after the first line, and what is said of it. */
export const brokenMediaPlaylists: readonly (readonly [string, string])[] = [
  ['#EXTINF:1,', 'line 2: EXTINF is not followed by a URI: the playlist is cut off'],
  ['a.ts', 'line 2: a URI without EXTINF before it'],
  ['#EXTINF:six,\na.ts', 'line 2: EXTINF must be a number of seconds; given: six'],
  ['#EXTINF:10000000000000000000000,\na.ts', 'line 2: EXTINF must be a number of seconds'],
  ['#EXTINF:-1,\na.ts', 'line 2: EXTINF must be a number of seconds; given: -1'],
  ['#EXTINF:1,\n#EXT-X-BYTERANGE:10\na.ts', 'line 4: EXT-X-BYTERANGE without offset continues no range'],
  ['#EXTINF:1,\n#EXT-X-BYTERANGE:10@0\na.ts\n#EXTINF:1,\n#EXT-X-BYTERANGE:10\nb.ts', 'line 7: EXT-X-BYTERANGE without'],
  ['#EXT-X-BYTERANGE:x', 'line 2: a byte range must be'],
  ['#EXT-X-TARGETDURATION:', 'line 2: EXT-X-TARGETDURATION must be an integer'],
  ['#EXT-X-KEY:URI="k"', 'line 2: attribute METHOD is missing'],
  ['#EXT-X-MAP:BYTERANGE="1@0"', 'line 2: attribute URI is missing'],
  ['#EXT-X-SKIP:SKIPPED-SEGMENTS=3', 'line 2: EXT-X-SKIP'],
  ['#EXT-X-STREAM-INF:BANDWIDTH=1', 'line 2: EXT-X-STREAM-INF has no place in a media playlist'],
];

/** Text, and what is said of it. */
export const brokenMultivariantPlaylists: readonly (readonly [string, string])[] = [
  ['#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1', 'line 2: EXT-X-STREAM-INF is not followed by a URI'],
  ['#EXTM3U\n#EXT-X-STREAM-INF:CODECS="a"\nx', 'line 2: attribute BANDWIDTH is missing'],
  [
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-STREAM-INF:BANDWIDTH=1\nx',
    'line 2: EXT-X-STREAM-INF is not followed',
  ],
  ['#EXTM3U\n#EXT-X-MEDIA:TYPE=SMELL,GROUP-ID="a",NAME="b"', 'line 2: TYPE must be one of AUDIO'],
  ['#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{$no}', 'line 3: the variable no is not defined'],
  ['#EXTM3U\n#EXT-X-DEFINE:IMPORT="a"', 'line 2: the multivariant playlist defines no variable a'],
  ['#EXTM3U\n#EXTINF:1,', 'line 2: EXTINF has no place in a multivariant playlist'],
  ['<html>', 'not a playlist'],
  ['', 'not a playlist'],
];

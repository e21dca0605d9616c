/** Of every kind of element something; its lines are told apart so that each can be changed by itself. */
const rich = `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" xmlns:xlink="http://www.w3.org/1999/xlink" profiles="urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019" type="static" mediaPresentationDuration="PT8S" minBufferTime="PT4S" maxSegmentDuration="PT4.5S" publishTime="2026-02-28T08:00:00.5Z">
  <ProgramInformation lang="en" moreInformationURL="https://school.example/lesson"><Title>A lesson</Title><Source>Room 3</Source><Copyright>Ours</Copyright></ProgramInformation>
  <BaseURL serviceLocation="a" availabilityTimeOffset="INF">https://a.example/</BaseURL>
  <Location>https://a.example/index.mpd</Location>
  <ServiceDescription id="0"><Latency target="3500" min="2000"/><PlaybackRate max="1.04" min=".96"/></ServiceDescription>
  <Period id="1" start="PT0S" duration="P0DT0H0M8S">
    <AssetIdentifier schemeIdUri="urn:org.example:asset" value="7"/>
    <EventStream schemeIdUri="urn:scte:scte35:2014:xml+bin" timescale="90000" presentationTimeOffset="900000">
      <Event presentationTime="990000" duration="90000" id="4294967295"><Signal xmlns="http://www.scte.org/schemas/35/2016"><Binary>/DAA</Binary></Signal></Event>
      <Event>words of its own</Event>
    </EventStream>
    <AdaptationSet id="0" contentType="video" mimeType="video/mp4" par="16:9" segmentAlignment="true" startWithSAP="1" maxFrameRate="30000/1001">
      <ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" cenc:default_KID="01"><cenc:pssh>AAAA</cenc:pssh></ContentProtection>
      <EssentialProperty schemeIdUri="http://dashif.org/guidelines/trickmode" value="0"/>
      <SupplementalProperty schemeIdUri="urn:mpeg:mpegB:cicp:TransferCharacteristics" value="16"/>
      <InbandEventStream schemeIdUri="https://aomedia.org/emsg/ID3" value="1"/>
      <Label id="1" lang="en">Camera</Label>
      <Accessibility schemeIdUri="urn:scte:dash:cc:cea-608:2015" value="CC1=eng"/>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <Viewpoint schemeIdUri="urn:org.example:view"/>
      <ContentComponent id="1" contentType="video"/>
      <ContentComponent id="2" contentType="audio" lang="pt-BR"/>
      <SegmentTemplate timescale="25" startNumber="1" initialization="$RepresentationID$.mp4" media="$RepresentationID$-$Number$.m4s">
        <SegmentTimeline><S t="0" d="100" r="1"/></SegmentTimeline>
      </SegmentTemplate>
      <Representation id="v1" bandwidth="1000" codecs="avc1.64001f" width="640" height="360" sar="1:1" frameRate="25" scanType="progressive" maxPlayoutRate="8" codingDependency="false">
        <SubRepresentation level="0" bandwidth="500" contentComponent="1"/>
        <SubRepresentation level="1" bandwidth="500" dependencyLevel="0"/>
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="1" mimeType="audio/mp4" lang="en" xlink:actuate="onLoad">
      <Representation id="a1" bandwidth="128000" codecs="mp4a.40.2" audioSamplingRate="24000 48000">
        <AudioChannelConfiguration schemeIdUri="urn:mpeg:mpegB:cicp:ChannelConfiguration" value="2"/>
        <BaseURL byteRange="$base$?$query$">a/</BaseURL>
        <SegmentList timescale="48000" duration="192000"><Initialization sourceURL="init.mp4" range="0-719"/><SegmentURL media="1.m4s" mediaRange="0-999"/><SegmentURL media="1.m4s" mediaRange="1000-"/></SegmentList>
      </Representation>
      <Representation id="a2" bandwidth="64000" codecs="mp4a.40.5,mp4a.40.2">
        <SegmentBase timescale="48000" indexRange="720-999" indexRangeExact="true"><Initialization range="0-719"/></SegmentBase>
      </Representation>
    </AdaptationSet>
    <Subset contains="0 1" id="s"/>
    <Preselection id="p1" preselectionComponents="0 1" lang="en" order="undefined"/>
  </Period>
  <Metrics metrics="BufferLevel"><Range starttime="PT0S" duration="PT8S"/><Reporting schemeIdUri="urn:dvb:dash:reporting:2014" value="1"/></Metrics>
  <UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="https://time.example/"/>
</MPD>
`;

/** As good as it is short. */
const short = `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="a" minBufferTime="PT1S" mediaPresentationDuration="PT1S"><Period/></MPD>`;

const changed = (from: string | RegExp, to: string, text = rich) => {
  const broken = text.replace(from, to);
  if (broken === text) throw new Error(`nothing in the MPD is ${String(from)}`);
  return broken;
};

type Broken = readonly [fault: string, from: string | RegExp, to: string, message: string];

const order: readonly Broken[] = [
  [
    'Location before BaseURL',
    /( *<BaseURL serviceL.*\n)( *<Location.*\n)/,
    '$2$1',
    'line 5: BaseURL stands after Location in MPD',
  ],
  [
    'ProgramInformation behind the Periods',
    /( *<ProgramInformation.*\n)([^]*<\/Period>\n)/,
    '$2$1',
    'Period in MPD; it comes before',
  ],
  ['UTCTiming before Metrics', /( *<Metrics.*\n)( *<UTCTiming.*\n)/, '$2$1', 'Metrics stands after UTCTiming in MPD'],
  [
    'EventStream behind AdaptationSets',
    '<Subset contains="0 1" id="s"/>',
    '<EventStream schemeIdUri="a"/>',
    'EventStream stands after AdaptationSet in Period',
  ],
  [
    'Role behind SegmentTemplate',
    /( *<Role.*\n)([^]*?<\/SegmentTemplate>\n)/,
    '$2$1',
    'Role stands after SegmentTemplate in AdaptationSet',
  ],
  ['Label behind Role', /( *<Label.*\n)([^]*?<Role.*\n)/, '$2$1', 'Label stands after Role in AdaptationSet'],
  [
    'SegmentTemplate behind Representation',
    /( *<SegmentTemplate[^]*<\/SegmentTemplate>\n)( *<Representation[^]*?<\/Representation>\n)/,
    '$2$1',
    'SegmentTemplate stands after Representation in AdaptationSet',
  ],
  [
    'AudioChannelConfiguration behind BaseURL',
    /( *<AudioChannel.*\n)( *<BaseURL.*\n)/,
    '$2$1',
    'AudioChannelConfiguration stands after BaseURL in Representation',
  ],
  [
    'Initialization behind SegmentURL',
    /(<Initialization source[^>]*>)(.*)(<\/SegmentList>)/,
    '$2$1$3',
    'Initialization stands after SegmentURL in SegmentList',
  ],
  [
    'Title behind Source',
    /(<Title>.*<\/Title>)(<Source>.*<\/Source>)/,
    '$2$1',
    'Title stands after Source in ProgramInformation',
  ],
  ['Range behind Reporting', /(<Range [^>]*>)(<Reporting[^>]*>)/, '$2$1', 'Range stands after Reporting in Metrics'],
  [
    'an element of another namespace before its place',
    '<Copyright>',
    '<cenc:a/><Copyright>',
    'Copyright stands after a in ProgramInformation',
  ],
];

const children: readonly Broken[] = [
  [
    'an unknown element',
    '<Location>',
    '<Locations/><Location>',
    'MPD has no Locations in it; it has: ProgramInformation, BaseURL',
  ],
  [
    'a Representation right in a Period',
    '<Subset contains="0 1" id="s"/>',
    '<Representation id="x" bandwidth="1"/>',
    'Period has no Representation in it',
  ],
  [
    'a Role in a Representation',
    '<SubRepresentation level="0"',
    '<Role schemeIdUri="a"/><SubRepresentation level="0"',
    'Representation has no Role in it',
  ],
  [
    'an S outside of a SegmentTimeline',
    /<SegmentTimeline>(.*)<\/SegmentTimeline>/,
    '$1',
    'SegmentTemplate has no S in it',
  ],
  [
    'an element of ours in a descriptor',
    /<Viewpoint ([^>]*)\/>/,
    '<Viewpoint $1><Label>a</Label></Viewpoint>',
    'Viewpoint has no Label in it; it has: any',
  ],
  [
    'an element of another namespace where there is no place for it',
    '</Representation>',
    '<cenc:a/></Representation>',
    'a stands after SubRepresentation in Representation',
  ],
  ['an element of another namespace in an S', 'r="1"/>', 'r="1"><cenc:a/></S>', 'S has no a in it; it has: none'],
  [
    'two SegmentTemplates',
    '<Representation id="v1"',
    '<SegmentTemplate media="a"/><Representation id="v1"',
    'AdaptationSet has at most one SegmentTemplate',
  ],
  [
    'two SegmentTimelines',
    '</SegmentTimeline>',
    '</SegmentTimeline><SegmentTimeline/>',
    'SegmentTemplate has at most one SegmentTimeline',
  ],
  ['two Titles', '<Title>', '<Title>b</Title><Title>', 'ProgramInformation has at most one Title'],
  ['two AssetIdentifiers', /( *<AssetId.*\n)/, '$1$1', 'Period has at most one AssetIdentifier'],
  ['no Period', /<Period [^]*<\/Period>/, '', 'MPD has at least one Period; there is none'],
  ['Metrics without Reporting', /<Reporting [^>]*>/, '', 'Metrics has at least one Reporting'],
  ['text between elements', '</EventStream>', 'words</EventStream>', 'EventStream holds no text; given: words'],
  [
    'an Event whose message has no namespace of its own',
    ' xmlns="http://www.scte.org/schemas/35/2016"',
    '',
    'Event has no Signal in it',
  ],
];

const attributes: readonly Broken[] = [
  ['no profiles', / profiles="[^"]*"/, '', 'line 2: MPD@profiles is missing'],
  ['no minBufferTime', / minBufferTime="[^"]*"/, '', 'MPD@minBufferTime is missing'],
  ['a Representation without id', ' id="v1"', '', 'Representation@id is missing'],
  ['a Representation without bandwidth', ' bandwidth="1000"', '', 'Representation@bandwidth is missing'],
  ['a descriptor without scheme', ' schemeIdUri="urn:mpeg:dash:role:2011"', '', 'Role@schemeIdUri is missing'],
  [
    'an EventStream without scheme',
    ' schemeIdUri="urn:scte:scte35:2014:xml+bin"',
    '',
    'EventStream@schemeIdUri is missing',
  ],
  ['an S without duration', ' d="100"', '', 'S@d is missing'],
  ['a Subset of nothing', ' contains="0 1"', '', 'Subset@contains is missing'],
  ['a Preselection of nothing', ' preselectionComponents="0 1"', '', 'Preselection@preselectionComponents is missing'],
  ['Metrics without metrics', ' metrics="BufferLevel"', '', 'Metrics@metrics is missing'],
  [
    'an unknown attribute',
    ' sar="1:1"',
    ' sarr="1:1"',
    'Representation has no attribute sarr; it has: profiles, width',
  ],
  ['bandwidth of a SegmentTemplate', 'startNumber="1"', 'bandwidth="1"', 'SegmentTemplate has no attribute bandwidth'],
  [
    'an attribute in the wrong case',
    'segmentAlignment',
    'segmentalignment',
    'AdaptationSet has no attribute segmentalignment',
  ],
];

const values: readonly Broken[] = [
  [
    'a duration in seconds',
    'minBufferTime="PT4S"',
    'minBufferTime="4"',
    'MPD@minBufferTime must be a duration such as PT4S or P1DT2H3.5S; given: 4',
  ],
  ['a duration without T', 'P0DT0H0M8S', 'P8S', 'Period@duration must be a duration'],
  ['a duration that ends with T', 'P0DT0H0M8S', 'P1DT', 'Period@duration must be a duration'],
  ['a duration with a decimal comma', 'PT4.5S', 'PT4,5S', 'MPD@maxSegmentDuration must be a duration'],
  ['a duration of nothing', 'start="PT0S"', 'start="P"', 'Period@start must be a duration'],
  ['a day that there is not', '2026-02-28', '2026-02-29', 'MPD@publishTime must be a time'],
  ['a time with a space', '28T08', '28 08', 'MPD@publishTime must be a time'],
  ['an hour that there is not', 'T08:00', 'T24:01', 'MPD@publishTime must be a time'],
  ['a type of presentation', 'type="static"', 'type="vod"', 'MPD@type must be static or dynamic; given: vod'],
  ['profiles with spaces between them', '2011,urn', '2011 urn', 'MPD@profiles must be URIs with commas'],
  [
    'codecs with spaces',
    'mp4a.40.5,mp4a',
    'mp4a.40.5, mp4a',
    'Representation@codecs must be codecs with commas between them',
  ],
  [
    'a negative width',
    'width="640"',
    'width="-640"',
    'Representation@width must be a whole number from 0 to 4294967295; given: -640',
  ],
  ['a width with a fraction', 'width="640"', 'width="640.5"', 'Representation@width must be a whole number'],
  [
    'an id that is no number',
    'AdaptationSet id="0"',
    'AdaptationSet id="video"',
    'AdaptationSet@id must be a whole number',
  ],
  ['an id beyond 32 bits', '4294967295', '4294967296', 'Event@id must be a whole number from 0 to 4294967295'],
  [
    'a time beyond 64 bits',
    't="0"',
    't="18446744073709551616"',
    'S@t must be a whole number from 0 to 18446744073709551615',
  ],
  ['a repetition that is no number', ' r="1"', ' r="1.0"', 'S@r must be a whole number; given: 1.0'],
  ['an id with a space', 'id="a1"', 'id="a 1"', 'Representation@id must be an id without white space'],
  [
    'a decimal frame rate',
    'frameRate="25"',
    'frameRate="29.97"',
    'Representation@frameRate must be a frame rate such as 25 or 30000/1001',
  ],
  ['a frame rate over 0', '30000/1001', '30000/0', 'AdaptationSet@maxFrameRate must be a frame rate'],
  ['a ratio with a slash', '16:9', '16/9', 'AdaptationSet@par must be a ratio'],
  [
    'a SAP type that there is not',
    'startWithSAP="1"',
    'startWithSAP="7"',
    'AdaptationSet@startWithSAP must be a stream access point type from 0 to 6',
  ],
  [
    'a boolean in words',
    'codingDependency="false"',
    'codingDependency="no"',
    'Representation@codingDependency must be true or false',
  ],
  [
    'an alignment in words',
    'segmentAlignment="true"',
    'segmentAlignment="yes"',
    'AdaptationSet@segmentAlignment must be true, false or a whole number',
  ],
  ['a rate in words', 'maxPlayoutRate="8"', 'maxPlayoutRate="8x"', 'Representation@maxPlayoutRate must be a number'],
  ['a language with an underscore', 'pt-BR', 'pt_BR', 'ContentComponent@lang must be a language'],
  [
    'a kind of content',
    'contentType="video" mime',
    'contentType="movie" mime',
    'AdaptationSet@contentType must be text, image',
  ],
  [
    'three sampling rates',
    '24000 48000',
    '24000 48000 96000',
    'Representation@audioSamplingRate must be one or two sampling rates',
  ],
  [
    'numbers with commas between them',
    'contains="0 1"',
    'contains="0,1"',
    'Subset@contains must be whole numbers with spaces between them',
  ],
  [
    'a byte range with its unit',
    'indexRange="720-999"',
    'indexRange="bytes=720-999"',
    'SegmentBase@indexRange must be a byte range',
  ],
  [
    'how a picture is scanned',
    'progressive',
    'p',
    'Representation@scanType must be progressive or interlaced or unknown',
  ],
];

const identity: readonly Broken[] = [
  ['two Periods of one id', '</Period>', '</Period><Period id="1"/>', 'two elements Period have one id: 1'],
  [
    'two AdaptationSets of one id',
    'AdaptationSet id="1"',
    'AdaptationSet id="0"',
    'two elements AdaptationSet have one id: 0',
  ],
  [
    'two ContentComponents of one id',
    'ContentComponent id="2"',
    'ContentComponent id="1"',
    'two elements ContentComponent have one id: 1',
  ],
  ['two SubRepresentations of one level', 'level="1"', 'level="0"', 'two elements SubRepresentation have one level: 0'],
  [
    'another namespace',
    'mpd:2011',
    'mpd:2012',
    'line 2: the document is a MPD of urn:mpeg:dash:schema:mpd:2011; given: MPD of urn:mpeg:dash:schema:mpd:2012',
  ],
  ['no namespace', ' xmlns="urn:mpeg:dash:schema:mpd:2011"', '', 'given: MPD of no namespace'],
  [
    'a prefix that stands for nothing',
    'xmlns:cenc="urn:mpeg:cenc:2013" ',
    '',
    'nothing says what cenc in cenc:pssh stands for',
  ],
];

/** MPDs that are as the schema of ISO/IEC 23009-1 wants them, and others with one fault each; all of them seed the fuzzer. */
export const mpds: {
  readonly valid: readonly { readonly name: string; readonly text: string }[];
  readonly broken: readonly { readonly name: string; readonly text: string; readonly message: string }[];
} = {
  valid: [
    { name: 'with something of everything', text: rich },
    { name: 'with the least', text: short },
    {
      name: 'whose namespace has a prefix',
      text: `<m:MPD xmlns:m="urn:mpeg:dash:schema:mpd:2011" profiles="a" minBufferTime="PT1S" mediaPresentationDuration="PT1S"><m:Period><note xmlns="urn:x"/></m:Period></m:MPD>`,
    },
    {
      name: 'with attributes of other namespaces and instance hints',
      text: changed(
        'profiles',
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" profiles',
        short,
      ),
    },
    { name: 'with times at the edges', text: changed('2026-02-28T08:00:00.5Z', '2024-02-29T24:00:00+14:00') },
    { name: 'with white space around values', text: changed('width="640"', 'width=" 640 "') },
    { name: 'with the largest numbers', text: changed('t="0"', 't="018446744073709551615"') },
    { name: 'with a repetition to the end', text: changed(' r="1"', ' r="-1"') },
    {
      name: 'with a set that has its segments numbered',
      text: changed('segmentAlignment="true"', 'segmentAlignment="4"'),
    },
    { name: 'with codecs that name their charset', text: changed('avc1.64001f', "utf-8'en'avc1.64001f") },
  ],
  broken: [...order, ...children, ...attributes, ...values, ...identity].map(([name, from, to, message]) => ({
    name,
    text: changed(from, to),
    message,
  })),
};

import { compileSchema, type SchemaTable } from './schema.js';

/** §5.3.7: what AdaptationSet, Representation, SubRepresentation, Preselection and InitializationSet have in common. */
const common = {
  attributes:
    'profiles:profiles width:uint height:uint sar:ratio frameRate:frameRate audioSamplingRate:samplingRate mimeType segmentProfiles:strings ' +
    'codecs:codecs containerProfiles:strings maximumSAPPeriod:double startWithSAP:sap maxPlayoutRate:double codingDependency:boolean ' +
    'scanType:progressive|interlaced|unknown selectionPriority:uint tag',
  children:
    'FramePacking* AudioChannelConfiguration* ContentProtection* OutputProtection? EssentialProperty* SupplementalProperty* InbandEventStream* ' +
    'Switching* RandomAccess* GroupLabel* Label* ProducerReferenceTime* ContentPopularityRate* Resync* any',
};

/** §5.8.4: whom content is for. */
const audience = 'Accessibility* Role* Rating* Viewpoint*';
/** §5.3.9.1: one of them, at any level. */
const segments = 'SegmentBase? SegmentList? SegmentTemplate?';

/** §5.3.9.2.2 */
const segmentBase = {
  attributes:
    'timescale:uint eptDelta:integer pdDelta:integer presentationTimeOffset:ulong presentationDuration:ulong timeShiftBufferDepth:duration ' +
    'indexRange:range indexRangeExact:boolean availabilityTimeOffset:double availabilityTimeComplete:boolean',
  children: 'Initialization? RepresentationIndex? FailoverContent? any',
};
const multipleSegments = {
  attributes: `${segmentBase.attributes} duration:uint startNumber:uint endNumber:uint`,
  children: `${segmentBase.children} SegmentTimeline? BitstreamSwitching?`,
};

const descriptor = { attributes: 'schemeIdUri!:uri value id', children: 'any' };
const url = { attributes: 'sourceURL:uri range:range', children: 'any' };
const label = { attributes: 'id:uint lang:language', text: 'string' };
const eventStream = {
  attributes: 'schemeIdUri!:uri value timescale:uint presentationTimeOffset:ulong',
  children: 'Event* any',
};
const initializationVector = { attributes: 'id!:uint profiles:profiles contentType:contentType', text: 'uints' };
const adaptationSet = {
  attributes:
    `${common.attributes} id#:uint group:uint lang:language contentType:contentType par:ratio minBandwidth:uint maxBandwidth:uint ` +
    'minWidth:uint maxWidth:uint minHeight:uint maxHeight:uint minFrameRate:frameRate maxFrameRate:frameRate segmentAlignment:uintOrBoolean ' +
    'subsegmentAlignment:uintOrBoolean subsegmentStartsWithSAP:sap bitstreamSwitching:boolean initializationSetRef:uints initializationPrincipal:uri',
  children: `${common.children} ${audience} ContentComponent* BaseURL* ${segments} Representation*`,
};

/**
 * The elements of an MPD: attributes, children in their order, text. It says what the XML schema of ISO/IEC 23009-1 (fifth edition, Annex B, with
 * what earlier editions had) says, in the notation of schema.ts; what numbers and times must be to each other is dash-rules.ts.
 * `id#`: the text of the standard, not its schema, wants it to be different from those of siblings.
 */
const elements: SchemaTable = {
  // §5.3.1
  MPD: {
    attributes:
      'id profiles!:profiles type:static|dynamic availabilityStartTime:dateTime availabilityEndTime:dateTime publishTime:dateTime ' +
      'mediaPresentationDuration:duration minimumUpdatePeriod:duration minBufferTime!:duration timeShiftBufferDepth:duration ' +
      'suggestedPresentationDelay:duration maxSegmentDuration:duration maxSubsegmentDuration:duration',
    children:
      'ProgramInformation* BaseURL* Location* PatchLocation* ServiceDescription* InitializationSet* InitializationGroup* InitializationPresentation* ' +
      'ContentProtection* Period+ Metrics* EssentialProperty* SupplementalProperty* UTCTiming* LeapSecondInformation? any',
  },
  // §5.3.2
  Period: {
    attributes: 'id# start:duration duration:duration bitstreamSwitching:boolean',
    children:
      `BaseURL* ${segments} AssetIdentifier? EventStream* ServiceDescription* ContentProtection* AdaptationSet* Subset* SupplementalProperty* ` +
      'EmptyAdaptationSet* GroupLabel* Preselection* any',
  },
  // §5.3.3 to §5.3.6
  AdaptationSet: adaptationSet,
  EmptyAdaptationSet: adaptationSet,
  ContentComponent: {
    attributes: 'id#:uint lang:language contentType:contentType par:ratio tag',
    children: `${audience} any`,
  },
  Representation: {
    attributes:
      `${common.attributes} id!:id bandwidth!:uint qualityRanking:uint dependencyId:strings associationId:strings associationType:strings ` +
      'mediaStreamStructureId:strings',
    children: `${common.children} BaseURL* ExtendedBandwidth* SubRepresentation* ${segments}`,
  },
  SubRepresentation: {
    attributes: `${common.attributes} level#:uint dependencyLevel:uints bandwidth:uint contentComponent:strings`,
    children: common.children,
  },
  ExtendedBandwidth: { attributes: 'vbr:boolean', children: 'ModelPair* any' },
  ModelPair: { attributes: 'bufferTime!:duration bandwidth!:uint', children: 'any' },
  Subset: { attributes: 'contains!:uints id#' },
  Preselection: {
    attributes: `${common.attributes} id#:id preselectionComponents!:strings lang:language order:undefined|time-ordered|fully-ordered`,
    children: `${common.children} ${audience}`,
  },
  InitializationSet: {
    attributes:
      `${common.attributes} id!#:uint inAllPeriods:boolean contentType:contentType par:ratio maxWidth:uint maxHeight:uint maxFrameRate:frameRate ` +
      'initialization:uri',
    children: `${common.children} ${audience}`,
  },
  InitializationGroup: initializationVector,
  InitializationPresentation: initializationVector,
  // Of the common elements
  Switching: { attributes: 'interval!:uint type:media|bitstream' },
  RandomAccess: { attributes: 'interval!:uint type:closed|open|gradual minBufferTime:duration bandwidth:uint' },
  Resync: { attributes: 'type:sap dT:uint dImax:double dImin:double marker:boolean' },
  Label: label,
  GroupLabel: label,
  ProducerReferenceTime: {
    attributes:
      'id!:uint inband:boolean type:encoder|captured|application applicationScheme wallClockTime! presentationTime!:ulong',
    children: 'UTCTiming? any',
  },
  ContentPopularityRate: {
    attributes: 'source!:content|statistics|other source_description',
    children: 'PR+ any',
  },
  PR: { attributes: 'popularityRate:percent start:ulong r:integer' },
  // §5.3.9
  SegmentBase: segmentBase,
  SegmentList: { attributes: multipleSegments.attributes, children: `${multipleSegments.children} SegmentURL*` },
  SegmentURL: { attributes: 'media:uri mediaRange:range index:uri indexRange:range', children: 'any' },
  SegmentTemplate: {
    attributes: `${multipleSegments.attributes} media index initialization bitstreamSwitching`,
    children: multipleSegments.children,
  },
  SegmentTimeline: { children: 'S* any' },
  S: { attributes: 't:ulong n:ulong d!:ulong r:integer k:ulong' },
  Initialization: url,
  RepresentationIndex: url,
  BitstreamSwitching: url,
  FailoverContent: { attributes: 'valid:boolean', children: 'FCS+ any' },
  FCS: { attributes: 't!:ulong d:ulong' },
  // §5.6
  BaseURL: {
    attributes:
      'serviceLocation byteRange availabilityTimeOffset:double availabilityTimeComplete:boolean timeShiftBufferDepth:duration rangeAccess:boolean',
    text: 'uri',
  },
  Location: { attributes: 'serviceLocation', text: 'uri' },
  PatchLocation: { attributes: 'serviceLocation ttl:double', text: 'uri' },
  // §5.7
  ProgramInformation: {
    attributes: 'lang:language moreInformationURL:uri',
    children: 'Title? Source? Copyright? any',
  },
  Title: { text: 'string' },
  Source: { text: 'string' },
  Copyright: { text: 'string' },
  // §5.8
  FramePacking: descriptor,
  AudioChannelConfiguration: descriptor,
  ContentProtection: { ...descriptor, attributes: `${descriptor.attributes} robustness:id refId:name ref:name` },
  OutputProtection: descriptor,
  EssentialProperty: descriptor,
  SupplementalProperty: descriptor,
  Accessibility: descriptor,
  Role: descriptor,
  Rating: descriptor,
  Viewpoint: descriptor,
  AssetIdentifier: descriptor,
  UTCTiming: descriptor,
  LeapSecondInformation: {
    attributes:
      'availabilityStartLeapOffset!:integer nextAvailabilityStartLeapOffset:integer nextLeapChangeTime:dateTime',
    children: 'any',
  },
  // §5.9
  Metrics: { attributes: 'metrics!', children: 'Range* Reporting+ any' },
  Range: { attributes: 'starttime:duration duration:duration' },
  Reporting: descriptor,
  // §5.10
  EventStream: eventStream,
  InbandEventStream: eventStream,
  Event: {
    attributes: 'presentationTime:ulong duration:ulong id:uint contentEncoding:base64| messageData',
    children: 'any SelectionInfo?',
    text: 'string',
  },
  SelectionInfo: { attributes: 'selectionInfo contactURL!:uri', children: 'Selection+' },
  Selection: { attributes: 'dataEncoding:base64| parameter! data' },
  // Annex K
  ServiceDescription: {
    attributes: 'id#:uint',
    children:
      'Scope* Latency* PlaybackRate* OperatingQuality* OperatingBandwidth* ContentSteering* ClientDataReporting* any',
  },
  Scope: descriptor,
  Latency: { attributes: 'referenceId:uint target:uint max:uint min:uint', children: 'QualityLatency* any' },
  QualityLatency: { attributes: 'type:uri', text: 'uints' },
  PlaybackRate: { attributes: 'max:double min:double' },
  OperatingQuality: {
    attributes: 'mediaType:video|audio|any min:uint max:uint target:uint type:uri maxDifference:uint',
  },
  OperatingBandwidth: { attributes: 'mediaType:video|audio|any|all min:uint max:uint target:uint' },
  ContentSteering: {
    attributes: 'defaultServiceLocation queryBeforeStart:boolean clientRequirement:boolean',
    text: 'uri',
  },
  ClientDataReporting: {
    attributes: 'serviceLocations:strings adaptationSets:strings',
    children: 'CMCDParameters? any',
  },
  CMCDParameters: {
    attributes: 'version:uint mode:header|query includeInRequests:strings keys!:strings contentID:id sessionID:id',
    children: 'any',
  },
};

/** Of MPDs, ISO/IEC 23009-1. */
export const mpdSchema = compileSchema('urn:mpeg:dash:schema:mpd:2011', 'MPD', elements);

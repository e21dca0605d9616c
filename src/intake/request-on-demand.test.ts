import { describe, expect, it } from 'vitest';
import type { Failure } from '../domain/failure.js';
import { requestOnDemand } from './request-on-demand.js';

const uuid = 'aDYlohsHRtCd4ii1uC2+hA==';
const plain = { uuid, allowMultipleIngests: false, ingestAllMp4: false };

function refusal(json: unknown): Failure {
  try {
    requestOnDemand(json);
  } catch (error) {
    return error as Failure;
  }
  throw new Error('was not refused');
}

describe('a request for one recording', () => {
  it.each([
    ['its uuid', uuid],
    ['its uuid with blanks around', ` ${uuid} `],
    ['a link, encoded', `https://zoom.us/recording/detail?meeting_id=${encodeURIComponent(uuid)}`],
    [
      'a link as people copy it, with a plus sign',
      `https://zoom.us/recording/management/detail?x=1&meeting_id=${uuid}`,
    ],
    ['a link of a vanity host with more behind it', `https://a.zoom.us/rec/d?meeting_id=${uuid}&from=mail#top`],
  ])('names it by %s', (_, given) => {
    expect(requestOnDemand({ uuid: given })).toEqual(plain);
  });

  it('may name series, workflow, and how', () => {
    const given = {
      uuid,
      oc_series_id: ' 20210112345 ',
      oc_workflow: 'fast',
      allow_multiple_ingests: true,
      ingest_all_mp4: 'true',
    };
    expect(requestOnDemand(given)).toEqual({
      ...{ uuid, seriesId: '20210112345', opencastWorkflow: 'fast', allowMultipleIngests: true, ingestAllMp4: true },
    });
    const empty = { uuid, oc_series_id: '', oc_workflow: null, allow_multiple_ingests: 'false', ingest_all_mp4: 0 };
    expect(requestOnDemand(empty)).toEqual(plain);
    expect(requestOnDemand({ uuid, oc_series_id: 20_210_112_345 })).toMatchObject({ seriesId: '20210112345' });
  });

  it.each([
    [null],
    ['x'],
    [[]],
    [{}],
    [{ uuid: '' }],
    [{ uuid: null }],
    [{ uuid: {} }],
    [{ uuid: 'x'.repeat(3000) }],
    [{ uuid, oc_series_id: {} }],
  ])('%j is none', (json) => {
    expect(refusal(json).code).toBe('invalid_request');
  });

  it.each([
    'https://zoom.us/recording/detail',
    'https://zoom.us/?meeting_id=',
    'https://',
    'https://zoom.us/#meeting_id=x',
  ])('finds nothing in the link %s', (link) => {
    expect(refusal({ uuid: link })).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('meeting_id') as string,
    });
  });
});

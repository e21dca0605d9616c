import { Failure } from '../../domain/failure.js';
import type { Timeouts } from '../../net/timeouts.js';
import { multipart, type FormPart } from './multipart.js';
import type { NewElement, Opencast } from './opencast.js';
import type { OpencastAnswer, OpencastHttp } from './opencast-http.js';
import { checkMediaPackage, readWorkflow, type StartedWorkflow } from './opencast-xml.js';

type IngestVerbs = Pick<
  Opencast,
  'createMediaPackage' | 'addCatalog' | 'addElement' | 'ingest' | 'addMediaPackage' | 'discard'
>;

/** The ingest endpoint, `ingest-service-impl/.../IngestRestService.java`. */
export function ingestRequests({ ask }: OpencastHttp, mediaTimeouts: Partial<Timeouts>): IngestVerbs {
  return {
    async createMediaPackage(id, signal) {
      const path = `/ingest/createMediaPackageWithID/${encodeURIComponent(id)}`;
      return checkMediaPackage((await ask({ method: 'PUT', path, signal })).text);
    },

    async addCatalog(mediaPackage, dublinCore, signal) {
      const form = { mediaPackage, dublinCore, flavor: 'dublincore/episode' };
      return checkMediaPackage((await ask({ method: 'POST', path: '/ingest/addDCCatalog', form, signal })).text);
    },

    async addElement(mediaPackage, { kind, flavor, tags, media }, signal) {
      const path = kind === 'track' ? '/ingest/addTrack' : '/ingest/addAttachment';
      const fields = { flavor, ...(tags.length > 0 && { tags: tags.join(',') }), mediaPackage };
      const { text } = await ask({
        method: 'POST',
        path,
        ...(media.kind === 'url'
          ? { form: { url: media.url, ...fields } }
          : // The file after the fields: what comes later is not seen.
            { multipart: multipart([...partsOf(fields), { name: 'BODY', file: media.file }]) }),
        timeouts: mediaTimeouts,
        signal,
      });
      return checkMediaPackage(text);
    },

    async ingest(mediaPackage, { workflow, properties }, signal) {
      const path = `/ingest/ingest/${encodeURIComponent(workflow)}`;
      const form = { ...properties, mediaPackage };
      return started(await ask({ method: 'POST', path, form, expected: [200, 409], signal }));
    },

    async addMediaPackage({ workflow, properties, terms, seriesCatalog, elements }, signal) {
      const parts: FormPart[] = [
        ...terms.map(([name, value]) => ({ name, value })),
        ...(seriesCatalog === undefined ? [] : [{ name: 'seriesDCCatalog', value: seriesCatalog }]),
        ...partsOf(properties),
        ...elements.flatMap(partsOfElement),
      ];
      const path = `/ingest/addMediaPackage/${encodeURIComponent(workflow)}`;
      const body = multipart(parts);
      return started(
        await ask({ method: 'POST', path, multipart: body, expected: [200, 409], timeouts: mediaTimeouts, signal }),
      );
    },

    async discard(mediaPackage, signal) {
      await ask({ method: 'POST', path: '/ingest/discardMediaPackage', form: { mediaPackage }, signal });
    },
  };
}

function partsOf(fields: Readonly<Record<string, string>>): FormPart[] {
  return Object.entries(fields).map(([name, value]) => ({ name, value }));
}

/**
 * The flavor anew for each, and its tags, before the media: they count for the next one only. `attachmentUri` is of the Opencast that
 * zoom-recording-ingester was made for, which takes it as `mediaUri` is taken; any other has the last one as a property of the workflow.
 */
function partsOfElement({ kind, flavor, tags, media }: NewElement): FormPart[] {
  const uri = kind === 'track' ? 'mediaUri' : 'attachmentUri';
  return [
    { name: 'flavor', value: flavor },
    ...tags.map((value) => ({ name: 'tag', value })),
    media.kind === 'url' ? { name: uri, value: media.url } : { name: 'BODY', file: media.file },
  ];
}

function started({ status, text }: OpencastAnswer): StartedWorkflow {
  if (status === 409) throw new Failure('conflict', 'A workflow runs on this media package in Opencast already.');
  return readWorkflow(text);
}

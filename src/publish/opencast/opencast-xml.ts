import { XMLParser } from 'fast-xml-parser';
import { Failure } from '../../domain/failure.js';

/** The few facts that we need of Opencast's XML answers. Names come with whatever namespace prefix the version at hand writes. */

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  processEntities: false,
  removeNSPrefix: true,
});

/** A workflow instance, as `ingest` answers it. */
export interface StartedWorkflow {
  readonly id: string;
  readonly mediaPackageId: string;
}

/** @throws Failure opencast_refused when it is no workflow */
export function readWorkflow(xml: string): StartedWorkflow {
  const root = parsed(xml, 'workflow');
  const id = text(root?.['@id']);
  const mediaPackageId = text(record(root?.mediapackage)?.['@id']);
  if (id === undefined || mediaPackageId === undefined) throw unexpected('a workflow');
  return { id, mediaPackageId };
}

/** Checks that an answer is a media package, which is handed back to Opencast as it is. @throws Failure opencast_refused */
export function checkMediaPackage(xml: string): string {
  if (text(parsed(xml, 'mediapackage')?.['@id']) === undefined) throw unexpected('a media package');
  return xml;
}

function parsed(xml: string, name: string): Record<string, unknown> | undefined {
  try {
    return record((parser.parse(xml) as Record<string, unknown>)[name]);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function unexpected(what: string): Failure {
  return new Failure('opencast_refused', `Opencast answers with something else than ${what}.`);
}

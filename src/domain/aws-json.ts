import { z } from 'zod';
import { Failure } from './failure.js';

/** What SDKs put beside every answer, of the answer itself: JavaScript's, and Python's. */
const ofTheAnswer = new Set(['$metadata', 'ResponseMetadata']);

/**
 * MediaPackage VOD's JSON, as the REST API, SDKs, the AWS CLI and the properties of a CloudFormation resource have it, in PascalCase: the first letter of
 * every key is made a capital; the keys of `Tags` are the user's own and stay as they are. A field that is null is not there, as AWS's
 * protocols have it (Smithy's restJson1).
 * @throws Failure configuration_invalid for what is nested too deeply to be looked at, or has a field in both casings
 */
export function fromAwsJson(value: unknown, depth = 0): unknown {
  if (depth > 16) throw invalidConfiguration(['nested deeper than 16 levels']);
  if (Array.isArray(value)) return value.map((item) => fromAwsJson(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value)
    .filter(([key, item]) => item !== null && !(depth === 0 && ofTheAnswer.has(key)))
    .map(([key, item]) => [key.charAt(0).toUpperCase() + key.slice(1), item] as const);
  const names = given.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalidConfiguration([`${twice} is given twice, in either casing`]);
  return Object.fromEntries(
    given.map(([name, item]) => [name, name === 'Tags' ? tagsOf(item) : fromAwsJson(item, depth + 1)]),
  );
}

/** CloudFormation writes tags as a list of `{ Key, Value }`. */
function tagsOf(tags: unknown): unknown {
  const list = z.array(z.strictObject({ Key: z.string(), Value: z.string() })).safeParse(tags);
  return list.success ? Object.fromEntries(list.data.map(({ Key, Value }) => [Key, Value])) : tags;
}

/** @param problems a sentence each */
export function invalidConfiguration(problems: readonly string[]): Failure {
  return new Failure('configuration_invalid', problems.join('; '), { details: { problems } });
}

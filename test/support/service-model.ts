import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { botocoreData } from './botocore.js';

/** What AWS's model of a service says of its operations, in the form of botocore (`service-2.json`), as far as requests are held against it. */
export interface ServiceModel {
  /** @returns what of the parameters is not as the model says; none: they may be sent */
  problemsOf(operation: string, parameters: Readonly<Record<string, unknown>>): string[];
}

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Member>>;
  readonly required?: readonly string[];
  readonly member?: Member;
  readonly value?: Member;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

interface Member {
  readonly shape: string;
  /** what it is called in the request, where that is another word */
  readonly locationName?: string;
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: Member }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const models = new Map<string, ServiceModel | undefined>();

/** @returns undefined where botocore is not installed */
export function serviceModel(service: string): ServiceModel | undefined {
  if (!models.has(service)) models.set(service, load(service));
  return models.get(service);
}

function load(service: string): ServiceModel | undefined {
  const data = botocoreData();
  if (data === undefined) return undefined;
  const newest = readdirSync(path.join(data, service)).sort().at(-1)!;
  const file = path.join(data, service, newest, 'service-2.json');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : gunzipSync(readFileSync(`${file}.gz`)).toString('utf8');
  return modelOf(JSON.parse(text) as Model);
}

function modelOf({ operations, shapes }: Model): ServiceModel {
  function check(shapeName: string, value: unknown, at: string): string[] {
    const shape = shapes[shapeName];
    if (!shape) return [`${at}: the model has no shape ${shapeName}`];
    switch (shape.type) {
      case 'structure':
        return isObject(value) ? checkStructure(shape, value, at) : [`${at}: no object`];
      case 'map':
        if (!isObject(value)) return [`${at}: no object`];
        return Object.entries(value).flatMap(([key, each]) => check(shape.value!.shape, each, `${at}.${key}`));
      case 'list':
        if (!Array.isArray(value)) return [`${at}: no list`];
        return value.flatMap((each, index) => check(shape.member!.shape, each, `${at}.${index}`));
      case 'string':
        return typeof value === 'string' ? checkText(shape, value, at) : [`${at}: no text`];
      case 'integer':
      case 'long':
        return Number.isInteger(value) ? [] : [`${at}: no whole number`];
      case 'boolean':
        return typeof value === 'boolean' ? [] : [`${at}: neither true nor false`];
      default:
        return [];
    }
  }

  function checkStructure({ members = {}, required = [] }: Shape, value: object, at: string): string[] {
    const names = new Map(Object.entries(members).map(([name, member]) => [member.locationName ?? name, member]));
    const wanted = required.map((name) => members[name]?.locationName ?? name);
    return [
      ...wanted.filter((name) => !(name in value)).map((name) => `${at}.${name}: missing`),
      ...Object.entries(value).flatMap(([name, each]) => {
        const member = names.get(name);
        return member ? check(member.shape, each, `${at}.${name}`) : [`${at}.${name}: not known`];
      }),
    ];
  }

  return {
    problemsOf(operation, parameters) {
      const { input } = operations[operation] ?? {};
      if (!(operation in operations)) return [`there is no operation ${operation}`];
      return input ? check(input.shape, parameters, operation) : [];
    },
  };
}

function checkText({ enum: words, min = 0, max = Infinity }: Shape, text: string, at: string): string[] {
  if (words && !words.includes(text)) return [`${at}: none of ${words.join()}`];
  return text.length < min || text.length > max ? [`${at}: ${text.length} characters, allowed: ${min} to ${max}`] : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { expect, it } from 'vitest';
import { inertType } from './inert-answer.js';

it.each([
  'application/vnd.apple.mpegurl',
  'application/dash+xml',
  'application/vnd.ms-sstr+xml',
  'application/ttml+xml',
  'application/mp4',
  'application/json',
  'video/mp4',
  'video/iso.segment',
  'video/mp2t; charset=binary',
  'audio/aac',
  'text/vtt; charset=utf-8',
  'text/plain',
  'image/jpeg',
])('%s is served as it was stored', (type) => expect(inertType(type)).toBe(type));

it.each([
  undefined,
  '',
  'text/html',
  'TEXT/HTML; charset=utf-8',
  ' text/html',
  'application/xhtml+xml',
  'text/xml',
  'application/xml',
  'image/svg+xml',
  'image/SVG+xml',
  'text/javascript',
  'application/javascript',
  'text/css',
  'multipart/x-mixed-replace',
  'application/vnd.apple.mpegurl+xml',
  'text/html, video/mp4',
])('%s is served as bytes without a meaning', (type) => expect(inertType(type)).toBe('application/octet-stream'));

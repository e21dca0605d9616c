import { expect, it } from 'vitest';
import { assetIdOf } from './asset-id.js';

it.each([
  ['lecture.mp4', 'lecture'],
  ['Lecture 1 (final).mp4', 'Lecture-1-final'],
  ['https://host/2026/lecture%201/master.m3u8?token=secret#part', 'lecture-1'],
  ['s3://bucket/vod/lecture-2/index.m3u8', 'lecture-2'],
  ['C:\\Videos\\lecture.mp4', 'lecture'],
  ['/media/master.m3u8', 'media'],
  ['master.m3u8', 'master'],
  ['https://', ''],
  ['лекция.mp4', ''],
])('the asset of %s is called %s', (source, id) => {
  expect(assetIdOf(source)).toBe(id);
});

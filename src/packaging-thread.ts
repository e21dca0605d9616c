import { parentPort, workerData } from 'node:worker_threads';
import { packagingPorts, type PackagingPortsSettings } from './packaging-ports.js';
import { inlineEngine } from './publish/egress/embedded-packager/inline-engine.js';
import { serveThread } from './publish/egress/embedded-packager/serve-thread.js';
import { tasksPerThread } from './publish/egress/embedded-packager/threaded-engine.js';

/** The composition root of a packaging thread: its own stores and readers, from the settings that it was started with. */
if (!parentPort) throw new Error('packaging-thread runs in a worker thread');
serveThread(
  parentPort,
  inlineEngine({ ...packagingPorts(workerData as PackagingPortsSettings), concurrency: tasksPerThread }),
);

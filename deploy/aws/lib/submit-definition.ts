/**
 * Takes what executions of packaged-vod-downloader take, `{ "createAssetRequest": { ... } }`, submits it to Reelway, waits, and ends as the job ends.
 * Amazon States Language: https://states-language.net/spec.html
 */
export function submitDefinition({ endpoint, connectionArn }: { endpoint: string; connectionArn: string }): object {
  const call = (method: string, parameters: object) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::http:invoke',
    Parameters: { Method: method, Authentication: { ConnectionArn: connectionArn }, ...parameters },
    Retry: [retry],
  });
  return {
    Comment: 'Submits a createAssetRequest to Reelway and ends as its job ends.',
    StartAt: 'Submit',
    // Below the year that an execution may take; a job that takes so long is stuck.
    TimeoutSeconds: 7 * 86_400,
    States: {
      Submit: {
        ...call('POST', {
          ApiEndpoint: `${endpoint}/api/assets`,
          Headers: { 'Content-Type': 'application/json' },
          'RequestBody.$': '$',
        }),
        // What is answered: submittedSchema and jobDetailSchema of src/api/contract.ts.
        ResultSelector: { 'id.$': '$.ResponseBody.job', pause: pauses.first },
        ResultPath: '$.job',
        Next: 'Wait',
      },
      Wait: { Type: 'Wait', SecondsPath: '$.job.pause', Next: 'Look' },
      Look: {
        ...call('GET', { 'ApiEndpoint.$': `States.Format('${endpoint}/api/jobs/{}', $.job.id)` }),
        ResultSelector: {
          'status.$': '$.ResponseBody.status',
          'failure.$': '$.ResponseBody.failure',
          'result.$': '$.ResponseBody.result',
        },
        ResultPath: '$.state',
        Next: 'Has it ended?',
      },
      'Has it ended?': {
        Type: 'Choice',
        Choices: [
          { Variable: '$.state.status', StringEquals: 'done', Next: 'Done' },
          { Variable: '$.state.status', StringEquals: 'failed', Next: 'Failed' },
          { Variable: '$.state.status', StringEquals: 'cancelled', Next: 'Cancelled' },
          { Variable: '$.job.pause', NumericLessThan: pauses.longest, Next: 'Wait longer' },
        ],
        Default: 'Wait',
      },
      'Wait longer': {
        Type: 'Pass',
        Parameters: { 'id.$': '$.job.id', 'pause.$': `States.MathAdd($.job.pause, ${pauses.growth})` },
        ResultPath: '$.job',
        Next: 'Wait',
      },
      Done: { Type: 'Succeed', OutputPath: '$.state.result' },
      Failed: { Type: 'Fail', ErrorPath: '$.state.failure.code', CausePath: '$.state.failure.message' },
      Cancelled: { Type: 'Fail', Error: 'cancelled', Cause: 'The job was cancelled.' },
    },
  };
}

/**
 * Seconds between looks. An execution fails when its history has 25,000 events, and each look is nine of them: with a quarter of a minute throughout it
 * would fail after half a day, while the job lives. So a week takes 18,500; an end is seen a minute late after ten minutes, and never more than five.
 */
const pauses = { first: 15, growth: 5, longest: 300 };

/** What passes: limits, a server that is being replaced, a connection that broke. */
const retry = {
  ErrorEquals: [
    'States.Http.StatusCode.429',
    'States.Http.StatusCode.502',
    'States.Http.StatusCode.503',
    'States.Http.StatusCode.504',
    'States.Http.Socket',
    'States.Timeout',
  ],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 8,
  MaxDelaySeconds: 120,
  JitterStrategy: 'FULL',
};

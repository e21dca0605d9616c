// A CloudFront function (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html): the bucket also
// holds recordings, and what is Reelway's own. Both are not there, however their path is written.
function handler(event) {
  const refused = { statusCode: 404, statusDescription: 'Not Found' };
  let parts;
  try {
    // As S3 reads keys: decoded once.
    parts = decodeURIComponent(event.request.uri).split('/');
  } catch (malformed) {
    return refused;
  }
  const named = parts.filter((part) => part !== '');
  const hidden = named.some((part) => part === '.' || part === '..' || part.startsWith('.reelway'));
  return hidden || named[0] === 'recordings' || named[0] === 'uploads' ? refused : event.request;
}

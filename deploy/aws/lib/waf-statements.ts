import type { aws_wafv2 as wafv2 } from 'aws-cdk-lib';

/** What a rule of AWS WAF asks of a request: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements.html */
export type Statement = wafv2.CfnWebACL.StatementProperty;

/** Its path begins with one of these, however it is written. */
export function isBelow(...paths: readonly [string, ...string[]]): Statement {
  return anyOf(
    ...paths.map((path) => ({
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} },
        positionalConstraint: 'STARTS_WITH',
        searchString: path,
        textTransformations: [
          { priority: 0, type: 'URL_DECODE' },
          { priority: 1, type: 'NORMALIZE_PATH' },
          { priority: 2, type: 'LOWERCASE' },
        ],
      },
    })),
  );
}

/** A header that is not there matches nothing. */
export function hasHeader(name: string): Statement {
  return {
    sizeConstraintStatement: {
      fieldToMatch: { singleHeader: { Name: name } },
      comparisonOperator: 'GT',
      size: 0,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}

/** AWS refuses an OR of one. */
export function anyOf(...statements: readonly Statement[]): Statement {
  const [only] = statements;
  return only && statements.length === 1 ? only : { orStatement: { statements: [...statements] } };
}

export function allOf(...statements: readonly Statement[]): Statement {
  return { andStatement: { statements: [...statements] } };
}

export function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}

import type { ImageScope } from '#app/app.ts';
import { countAffected } from '#app/count-findings.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { byStep } from '../counters.ts';
import { part } from '../selection.ts';

const text = { kind: 'text', max: 512 } as const;

/** What the fields of a container that are about its image choose; those about anything else choose nothing, since containers are not known. */
const containerFields: Readonly<Record<string, ((value: string) => ImageScope) | 'none'>> = {
  image: (value) => ({ references: { values: [value], exact: true } }),
  imageRepoName: (value) => ({ names: part(value) }),
  imageRepoNamespace: (value) => ({ namespaces: part(value) }),
  imageRepoTag: (value) => ({ tags: { values: [value], exact: true } }),
  imageDigest: (value) => ({ digests: [value.toLowerCase()] }),
  ...Object.fromEntries(
    ['instanceId', 'clusterId', 'regionId', 'clusterName', 'clusterType', 'hostIp', 'pod', 'podIp', 'containerId', 'appName', 'namespace', 'nodeName']
      .concat(['vulStatus', 'alarmStatus', 'riskStatus', 'riskLevel', 'containerScope'])
      .map((name) => [name, 'none'] as const),
  ),
};

/** Open malicious files by risk in the images chosen; those of a cluster are none, since clusters are not known. */
export const describeClusterImageSecuritySummary = operation({
  action: 'DescribeClusterImageSecuritySummary',
  lasting: true,
  parameters: {
    ClusterId: text,
    ContainerFieldName: text,
    ContainerFieldValue: text,
    ImageDigest: text,
    ImageTag: text,
    ImageRepoName: text,
    ImageRepoNamespace: text,
  },
  async run(call, input) {
    const { ContainerFieldName: name, ContainerFieldValue: value, ImageDigest, ImageTag, ImageRepoName, ImageRepoNamespace } = input;
    const field = name === undefined ? () => ({}) : Object.hasOwn(containerFields, name) ? containerFields[name] : undefined;
    if (field === undefined) return refuse('InvalidContainerFieldName');
    const chosen = field === 'none' || value === undefined ? {} : field(value);
    const scope: ImageScope = {
      ...(ImageDigest === undefined ? {} : { digests: [ImageDigest.toLowerCase()] }),
      ...(ImageTag === undefined ? {} : { tags: { values: [ImageTag], exact: true } }),
      ...(ImageRepoName === undefined ? {} : { names: part(ImageRepoName) }),
      ...(ImageRepoNamespace === undefined ? {} : { namespaces: part(ImageRepoNamespace) }),
    };
    if (Object.keys(chosen).some((key) => key in scope)) {
      return refuse('InvalidContainerFieldName', {
        en: 'The field of the container has a parameter of its own, which is given too.',
        zh: '该容器字段与对应的参数不能同时指定。',
      });
    }
    const isNone = input.ClusterId !== undefined || (field === 'none' && value !== undefined);
    const files = isNone ? [] : byStep(await countAffected(call.app, call.accountId, { states: ['open'], scope: { ...scope, ...chosen } }));
    return {
      ClusterImageEvent: {
        ImageMaliciousFile: files.filter(({ count }) => count > 0).map(({ step, count }) => ({ RiskLevel: step, Count: count })),
        ImageBaseline: [],
        ImageCveVul: [],
        ImageScaVul: [],
      },
    };
  },
});

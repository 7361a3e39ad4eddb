// The policy table through an independent simulator: agreement, and every disagreement explained.
// What the evaluator says of a case is what the table expects; the test `policies` holds it to that.
import { readFileSync, readdirSync } from 'node:fs'
import { loadPolicy } from '@cloud-copilot/iam-policy'

// The engine itself: the package's entry drops context keys that it does not know of an action, and
// its entry without checks cannot take a policy of a resource.
const engine = new URL('node_modules/@cloud-copilot/iam-simulate/dist/esm/', import.meta.url)
const { authorize } = await import(new URL('core_engine/CoreSimulatorEngine.js', engine))
const { AwsRequestImpl } = await import(new URL('request/request.js', engine))
const { DiscoveryContextKeyConstraints } = await import(
  new URL('context_keys/discoveryContextKeyConstraints.js', engine)
)
const { RequestContextImpl } = await import(new URL('requestContext.js', engine))

const folder = new URL('..', import.meta.url)
const read = (name) => JSON.parse(readFileSync(new URL(name, folder)))
const explained = read('disagreements.json')
const tables = readdirSync(folder).filter((it) => it.endsWith('.json') && it !== 'disagreements.json')

const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

// The same request that the test builds; the simulator takes every key that is not given as absent.
function asked({ request = {}, context = {} }) {
  let { caller, action, resource } = request
  const keys = {}
  if (request.web) {
    const { issuer, subject, audience, role } = request.web
    const host = issuer.replace('https://', '')
    const [, partition, , , account] = role.split(':')
    caller = `arn:${partition}:iam::${account}:oidc-provider/${host}`
    keys[`${host}:sub`] = subject
    keys[`${host}:aud`] = audience.length === 1 ? audience[0] : audience
    keys['aws:FederatedProvider'] = caller
    action = 'sts:AssumeRoleWithWebIdentity'
    resource = role
  } else if (request.pod) {
    caller = 'pods.eks.amazonaws.com'
    ;({ action, role: resource } = request.pod)
    const names = {
      cluster_arn: 'eks-cluster-arn',
      cluster_name: 'eks-cluster-name',
      namespace: 'kubernetes-namespace',
      service_account: 'kubernetes-service-account',
      pod_name: 'kubernetes-pod-name'
    }
    for (const [name, value] of Object.entries(request.pod.tags ?? {})) {
      keys[`aws:RequestTag/${names[name]}`] = value
    }
  } else if (request.assume) {
    ;({ caller, action, role: resource } = request.assume)
    if (request.assume.external_id) keys['sts:ExternalId'] = request.assume.external_id
  } else if (caller) {
    caller = Object.values(caller)[0]
  } else {
    caller = 'arn:aws:iam::111122223333:role/app'
    action = 's3:GetObject'
    resource = 'arn:aws:s3:::bucket/key'
  }
  const [, , , , account, name] = caller.split(':')
  if (/^(role|user)\//.test(name)) {
    keys['aws:PrincipalArn'] = caller
    keys['aws:PrincipalAccount'] = account
    if (name.startsWith('user/')) keys['aws:username'] = name.split('/').at(-1)
  }
  Object.assign(keys, request.context ?? {}, context)
  for (const [key, value] of Object.entries(keys)) if (value === null) delete keys[key]
  return { caller, action, resource: resource ?? '*', keys }
}

function simulate(test) {
  const { caller, action, resource, keys } = asked(test)
  const text = test.text && JSON.parse(test.text)
  const trust = test.policy ?? (test.trust && text)
  const wrapped = test.condition && {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: test.condition }]
  }
  const own = test.policies ?? [wrapped ?? text]
  // A trust policy is asked alone, so that the caller's own policies allow everything.
  const identity = trust ? [everything] : own
  const named = (policy, name) => loadPolicy(policy, { name })
  const owner = resource.split(':')[4] || '111122223333'
  return authorize({
    request: new AwsRequestImpl(caller, { resource, accountId: owner }, action, new RequestContextImpl(keys)),
    identityPolicies: identity.map((policy, at) => named(policy, `${at}`)),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: trust ? named(trust, 'trust') : undefined,
    permissionBoundaries: test.boundary ? [named(test.boundary, 'boundary')] : undefined,
    simulationParameters: {
      simulationMode: 'Strict',
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([])
    }
  }).result
}

const count = { agree: 0, explained: 0, open: 0 }
const used = new Set()
const problems = []
for (const table of tables) {
  for (const test of read(table)) {
    // The simulator has no word for what is not known.
    if (test.expect === 'unknown') {
      count.open += 1
      continue
    }
    let said
    try {
      said = simulate(test)
    } catch (error) {
      said = `error: ${error.message}`
    }
    const same = said === 'Allowed' ? test.expect === 'allowed' : test.expect === 'denied' && !said.startsWith('error')
    if (same) {
      count.agree += 1
      continue
    }
    const entry = explained.find((it) => it.id === test.id)
    used.add(test.id)
    if (entry?.simulator === said && entry.reason && entry.doc?.startsWith('https://docs.aws.amazon.com/')) {
      count.explained += 1
    } else {
      problems.push(`${test.id}: the table says ${test.expect}, the simulator ${said}`)
    }
  }
}
for (const { id } of explained) {
  if (!used.has(id)) problems.push(`${id}: disagreements.json explains what is no disagreement`)
}
const compared = count.agree + count.explained + problems.length
console.log(`compared ${compared}: agree ${count.agree}, disagree and explained ${count.explained}, unexplained or stale ${problems.length}`)
console.log(`not compared ${count.open}: their answer is unknown, which the simulator cannot say`)
for (const problem of problems) console.log(problem)
process.exitCode = problems.length ? 1 : 0

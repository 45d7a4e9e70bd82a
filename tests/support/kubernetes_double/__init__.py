"""A Kubernetes cluster on loopback, for tests: real clients talk HTTP to it, and its pods are real processes.

What it models, each in its module:

- `api`: the HTTP server: the slice of batch/v1 and core/v1 that the Kubernetes Python client,
`k8s_job_executor` and
  `K8sRunLauncher` use, with a bearer token, `Status` errors and label and field selectors;
- `admission`: every Job is checked against the published schema (strict) and against the rules that the
API server
  adds to it; what fails is refused with 422 and its causes;
- `jobs`: the Job controller: pods for Jobs, backoff limit, active deadline, time to live, conditions;
- `scheduling`: nodes with labels, taints and resources; a pod that fits nowhere stays Pending and says why;
- `kubelet`: a placed pod's command becomes a process group of its own with nothing but the image's and the
pod's
  environment; exit codes, evictions, OOM kills and deletions end up in the pod's status as a real kubelet
  writes them;
- `cluster`: the whole, with what a test may do to it.

What it does not model, it refuses (`admission.NOT_MODELLED`). Volumes are checked for their names, not
mounted: pods see the file system of the test. Security contexts are checked by the schema and have no effect.
"""

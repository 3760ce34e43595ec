{{/* The name of a component's objects: contrail-worker for a release named contrail. Takes (list $ "worker"). */}}
{{- define "contrail.name" -}}
{{- $root := index . 0 -}}
{{- printf "%s-%s" ($root.Values.nameOverride | default $root.Release.Name | trunc 50 | trimSuffix "-") (index . 1) -}}
{{- end -}}

{{/* Labels that select the pods of a component. */}}
{{- define "contrail.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: contrail
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "contrail.labels" -}}
{{- $root := index . 0 -}}
{{ include "contrail.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{- define "contrail.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ printf "%s@%s" $image.repository $image.digest }}
{{- else -}}
{{ printf "%s:%s" $image.repository ($image.tag | default .Chart.AppVersion) }}
{{- end -}}
{{- end -}}

{{/* A pod of a component: (list $ "worker" (list "worker")), the last the arguments of the command. */}}
{{- define "contrail.pod" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $own := index $root.Values $component -}}
metadata:
  labels:
    {{- include "contrail.labels" . | nindent 4 }}
  annotations:
    # A changed setting starts the pods anew.
    checksum/settings: {{ include (print $root.Template.BasePath "/settings.yaml") $root | sha256sum }}
    {{- with $own.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "contrail.name" . }}
  # Credentials come from the metadata server: no pod needs the Kubernetes API.
  automountServiceAccountToken: false
  enableServiceLinks: false
  # Longer than the drain deadline, after which running jobs go back to the queue.
  terminationGracePeriodSeconds: {{ add $root.Values.worker.drainSeconds 15 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    seccompProfile: { type: RuntimeDefault }
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if eq $component "worker" }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "contrail.selector" . | nindent 10 }}
  {{- end }}
  containers:
    - name: contrail
      image: {{ include "contrail.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args:
        {{- toYaml (index . 2) | nindent 8 }}
      envFrom:
        - configMapRef: { name: {{ include "contrail.name" (list $root "settings") }} }
      env:
        - name: CONTRAIL_REDIS
          valueFrom:
            secretKeyRef:
              {{- toYaml $root.Values.redis.secret | nindent 14 }}
        {{- range $name, $key := $root.Values.secretSettings }}
        - name: {{ $name }}
          valueFrom:
            secretKeyRef:
              {{- toYaml $key | nindent 14 }}
        {{- end }}
      ports:
        - { name: metrics, containerPort: {{ $root.Values.metrics.port }} }
      startupProbe:
        httpGet: { path: /healthz, port: metrics }
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /healthz, port: metrics }
        periodSeconds: 20
        timeoutSeconds: 10
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /readyz, port: metrics }
        periodSeconds: 10
        timeoutSeconds: 6
      securityContext:
        readOnlyRootFilesystem: true
        allowPrivilegeEscalation: false
        capabilities: { drop: [ALL] }
      resources:
        {{- toYaml $own.resources | nindent 8 }}
      volumeMounts:
        - { name: spool, mountPath: /var/lib/contrail/spool }
        - { name: tmp, mountPath: /tmp }
    {{- if eq $component "web" }}
    {{- with $own.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- end }}
  volumes:
    - name: spool
      {{- if $root.Values.spool.existingClaim }}
      persistentVolumeClaim: { claimName: {{ $root.Values.spool.existingClaim }} }
      {{- else }}
      emptyDir: { sizeLimit: {{ $root.Values.spool.sizeLimit }} }
      {{- end }}
    - name: tmp
      emptyDir: { sizeLimit: 1Gi }
{{- end -}}

{{- define "authly.name" -}}
{{- if contains "authly" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-authly" .Release.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "authly.selector" -}}
app.kubernetes.io/name: authly
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "authly.labels" -}}
{{ include "authly.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "authly.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "authly.host" -}}
{{ .Values.ingress.host | default (regexReplaceAll "^https://([^/:]+).*$" .Values.issuer "${1}") }}
{{- end }}

{{/* Not root, no rights, a file system that cannot be written to. */}}
{{- define "authly.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "authly.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "authly.environment" -}}
- name: AUTHLY_ISSUER
  value: {{ required "issuer must be set: the public https address" .Values.issuer | quote }}
- name: AUTHLY_HOST
  value: 0.0.0.0
- name: AUTHLY_PORT
  value: "8000"
{{- with .Values.trustedProxies }}
- name: AUTHLY_TRUSTED_PROXIES
  value: {{ . | quote }}
{{- end }}
{{- if .Values.serviceMonitor.enabled }}
- name: AUTHLY_METRICS_LOCALHOST_ONLY
  value: "false"
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- $secrets := dict "DATABASE_URL" .Values.secrets.databaseUrl "JWT_SECRET_KEY" .Values.secrets.jwtSecretKey "JWT_REFRESH_SECRET_KEY" .Values.secrets.jwtRefreshSecretKey "AUTHLY_ADMIN_PASSWORD" .Values.secrets.adminPassword "AUTHLY_REDIS_URL" .Values.secrets.redisUrl }}
{{- range $name, $secret := $secrets }}
{{- if $secret.name }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: { name: {{ $secret.name }}, key: {{ $secret.key }} }
{{- end }}
{{- end }}
{{- end }}

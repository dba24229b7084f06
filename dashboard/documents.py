"""Every GraphQL document the dashboard's server side sends. The upload's two mutations are in assets/upload.js."""

_COUNTS = "{ total created updated unchanged skipped failed unprocessed duplicates }"
_ISSUE = "{ row batch column field value code severity message suggestion }"
_ISSUE_GROUPS = f"issueGroups {{ code field severity count hasOpenRows example {_ISSUE} }}"
_PLANNED_ROW = "{ row values outcome contactId changes { field before after } }"
_USER_ERRORS = "userErrors { code message path }"
_SUMMARY = f"{{ id status filename sourceKind createdBy createdAt stuckSince counts {_COUNTS} }}"

IMPORT_HEAD = f"""query ImportHead($id: ID!) {{
  import(id: $id) {{
    id version status filename sizeBytes sourceKind createdBy createdAt completedAt isRetry canStart canEdit canCancel canRetry canRollback
    counts {_COUNTS}
    progress {{
      phase percent processed total batchesDone batchesTotal queuePosition rowsPerSecond etaSeconds elapsedSeconds step stepProcessed
    }}
    plan {{ hash }}
    errorReport {{ url filename }}
    failure {{ code message path }}
  }}
}}"""

IMPORT_MAPPING = f"""query ImportMapping($id: ID!) {{
  import(id: $id) {{
    id
    dialect {{
      format encoding delimiter quote headerRow headerRows sheet sheets archive member members
      decisions {{ aspect value confidence reason alternatives isQuestion }}
    }}
    columns {{ index header samples fillRate field suggestions {{ field confidence reason }} }}
    mapping {{ column field }}
    options {{
      duplicateStrategy matchFields matchMode errorPolicy maxErrorRate invalidValues emptyCells defaultCountry tags
      dateOrder splitNames recaseNames
      companyPolicy ownerPolicy
      sheet headerRow headerRows encoding delimiter quote member
      assignment {{ mode owners column }}
      fieldPolicies {{ field policy }}
    }}
    preview(first: 10) {{ row raw mapped issues {_ISSUE} }}
  }}
}}"""

IMPORT_PLANNED = f"""query ImportPlanned($id: ID!) {{
  import(id: $id) {{
    id
    {_ISSUE_GROUPS}
    mapping {{ column field }}
    edits {{ cells excludedRows }}
    dialect {{ decisions {{ aspect reason }} }}
    plan {{
      hash
      counts {_COUNTS}
      created: sample(outcome: CREATED, first: 6) {_PLANNED_ROW}
      updated: sample(outcome: UPDATED, first: 8) {_PLANNED_ROW}
    }}
  }}
}}"""

IMPORT_RESULT = f"""query ImportResult($id: ID!) {{
  import(id: $id) {{
    id
    {_ISSUE_GROUPS}
    edits {{ cells excludedRows }}
    retryBlockedBy {{ code message }}
    rollback {{ removed restored kept reason by completedAt keptContacts(first: 20) {{ contactId row code message fields }} }}
  }}
}}"""

IMPORT_ISSUES = f"""query ImportIssues($id: ID!, $code: String, $field: String, $severity: IssueSeverity, $first: Int, $after: String) {{
  import(id: $id) {{
    issues(first: $first, after: $after, code: $code, field: $field, severity: $severity) {{
      totalCount pageInfo {{ hasNextPage endCursor }} nodes {_ISSUE}
    }}
  }}
}}"""

FIX_PREVIEW = f"""query FixPreview($id: ID!, $code: String!, $field: String, $rule: FixRuleInput!) {{
  import(id: $id) {{
    fixPreview(code: $code, field: $field, rule: $rule, first: 5) {{
      rows changed resolved samples {{ row column before after issues {_ISSUE} }}
    }}
  }}
}}"""

ROWS_BY_NUMBER = """query RowsByNumber($id: ID!, $first: Int, $numbers: [BigInt!]) {
  import(id: $id) {
    mapping { column field }
    rows(first: $first, numbers: $numbers) { nodes { row values isExcluded edited { column original value } } }
  }
}"""

OUTCOME_ROWS = f"""query OutcomeRows($id: ID!, $outcome: RowOutcome!, $first: Int, $after: String) {{
  import(id: $id) {{
    mapping {{ column field }}
    rows(first: $first, after: $after, outcome: $outcome) {{
      totalCount pageInfo {{ hasNextPage endCursor }}
      nodes {{ row values outcome changes {{ field before after }} issues {_ISSUE} }}
    }}
  }}
}}"""

EDITED_ROWS = """query EditedRows($id: ID!, $first: Int, $outcome: RowOutcome) {
  import(id: $id) {
    rows(first: $first, isEdited: true, outcome: $outcome) {
      totalCount nodes { row isExcluded edited { column original value } }
    }
  }
}"""

IMPORTS = f"""query Imports($filter: ImportFilter, $orderBy: ImportOrder, $first: Int, $after: String) {{
  imports(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} nodes {_SUMMARY}
  }}
}}"""

ANALYTICS = f"""query Analytics($from: DateTime, $to: DateTime, $by: TimeBucket) {{
  importAnalytics(from: $from, to: $to) {{
    imports refusedUploads successRate rowsPerSecondP50 durationSecondsP50 durationSecondsP95
    counts {_COUNTS}
    buckets(by: $by) {{ start imports counts {_COUNTS} }}
    issues(first: 50) {{ code field count }}
  }}
}}"""

CONTACTS = """query Contacts($filter: ContactFilter, $first: Int, $after: String) {
  contacts(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id updatedAt firstName lastName fullName email phone mobilePhone company country }
  }
}"""

CONTACT = """query Contact($id: ID!) {
  contact(id: $id) {
    id updatedAt firstName lastName fullName email phone mobilePhone company jobTitle addressLine1 addressLine2 city state postalCode
    country website birthday notes owner externalId consent tags
    history(first: 50) { kind at importId filename row actor isUndo changes { field before after } }
  }
}"""

VIEWER = "query Viewer { viewer { name role } }"

AUDIT = """query Audit($filter: AuditFilter, $first: Int, $after: String) {
  auditEntries(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { at actor action subjectId detail }
  }
}"""

UPDATE_IMPORT = f"""mutation UpdateImport($input: UpdateImportInput!) {{
  updateImport(input: $input) {{ import {{ id }} {_USER_ERRORS} }}
}}"""

EDIT_IMPORT_ROWS = f"""mutation EditImportRows($input: EditImportRowsInput!) {{
  editImportRows(input: $input) {{ import {{ id }} {_USER_ERRORS} }}
}}"""

APPLY_FIX = f"""mutation ApplyFix($input: ApplyFixInput!) {{
  applyFix(input: $input) {{ import {{ id }} {_USER_ERRORS} }}
}}"""

START_IMPORT = f"""mutation StartImport($input: StartImportInput!) {{
  startImport(input: $input) {{ import {{ id }} {_USER_ERRORS} }}
}}"""

CANCEL_IMPORT = f"""mutation CancelImport($input: ImportActionInput!) {{
  cancelImport(input: $input) {{ import {{ id }} {_USER_ERRORS} }}
}}"""

RETRY_IMPORT = f"""mutation RetryImport($input: ImportActionInput!) {{
  retryImport(input: $input) {{ import {{ id }} {_USER_ERRORS} }}
}}"""

ROLLBACK_PREVIEW = """query RollbackPreview($id: ID!) {
  import(id: $id) { rollbackPreview { removes restores keeps } }
}"""

ROLL_BACK_IMPORT = f"""mutation RollbackImport($input: RollbackImportInput!) {{
  rollbackImport(input: $input) {{ import {{ id }} {_USER_ERRORS} }}
}}"""

DELETE_IMPORT = f"""mutation DeleteImport($input: ImportActionInput!) {{
  deleteImport(input: $input) {{ deletedId {_USER_ERRORS} }}
}}"""

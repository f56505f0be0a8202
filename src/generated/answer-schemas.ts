// Made from src/server/*-types.ts by scripts/generate.ts; run `npm run generate` after a change there.

/** Schemas of what the API gives, for `components` of its OpenAPI document. */
export const ANSWER_SCHEMAS = {
  "PollView": {
    "type": "object",
    "properties": {
      "account": {
        "type": "string"
      },
      "automation": {
        "type": "string"
      },
      "on": {
        "type": "string",
        "description": "`<connector>.<trigger>`"
      },
      "every_ms": {
        "type": "number"
      },
      "polled_at": {
        "type": "string",
        "description": "When the service last answered."
      },
      "failure": {
        "$ref": "#/components/schemas/Failure",
        "description": "Why the last poll failed."
      }
    },
    "required": [
      "account",
      "automation",
      "on",
      "every_ms"
    ],
    "additionalProperties": false,
    "description": "What a service is asked again and again for an automation."
  },
  "Failure": {
    "type": "object",
    "properties": {
      "class": {
        "$ref": "#/components/schemas/FailureClass"
      },
      "code": {
        "$ref": "#/components/schemas/FailureCode"
      },
      "message": {
        "type": "string"
      },
      "step": {
        "type": "string",
        "description": "Which step failed; in the failure of a run."
      },
      "run": {
        "type": "string",
        "description": "The called run in which it failed, where it was not this one."
      },
      "help": {
        "type": "string",
        "description": "The way out, where there is one."
      },
      "status": {
        "type": "number",
        "description": "HTTP status, where there was an answer."
      },
      "details": {
        "$ref": "#/components/schemas/Json",
        "description": "The service's answer or other facts that help to understand it, redacted and cut."
      },
      "retryAfterMs": {
        "type": "number",
        "description": "Milliseconds that the service asked to wait before the next attempt."
      }
    },
    "required": [
      "class",
      "code",
      "message"
    ],
    "additionalProperties": false,
    "description": "Why an attempt or a run failed, as it is journaled and shown. Never holds a secret."
  },
  "FailureClass": {
    "type": "string",
    "enum": [
      "permanent",
      "retryable",
      "credential",
      "uncertain"
    ],
    "description": "How a failed attempt is to be treated.\n- `permanent`: trying again gives the same.\n- `retryable`: goes away by waiting.\n- `credential`: the connection was refused; a person has to act.\n- `uncertain`: nobody can say whether the effect took place; a person decides."
  },
  "FailureCode": {
    "type": "string",
    "enum": [
      "http_status",
      "answer_not_read",
      "answer_too_large",
      "connection_refused",
      "connection_cut",
      "host_not_found",
      "connect_timeout",
      "timeout",
      "tls",
      "request_not_made",
      "not_https",
      "private_address",
      "redirected",
      "token_not_made",
      "grant_missing",
      "grant_expired",
      "grant_revoked",
      "scope_missing",
      "client_refused",
      "redirect_mismatch",
      "host_not_granted",
      "host_not_allowed",
      "host_not_sealed",
      "credential_not_opened",
      "mapping_failed",
      "guard_failed",
      "poll_not_read",
      "poll_too_long",
      "fail_step",
      "interrupted",
      "canceled",
      "run_skipped",
      "run_replaced",
      "wait_expired",
      "step_timeout",
      "storage_not_a_number",
      "storage_number_out_of_range"
    ]
  },
  "Json": {},
  "JsonObject": {
    "type": "object"
  },
  "PollListView": {
    "type": "object",
    "properties": {
      "polls": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/PollView"
        }
      }
    },
    "required": [
      "polls"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/polls`"
  },
  "OAuthConnectionView": {
    "type": "object",
    "properties": {
      "account": {
        "type": "string"
      },
      "connection": {
        "type": "string"
      },
      "connector": {
        "type": "string"
      },
      "title": {
        "type": "string",
        "description": "The service's name."
      },
      "status": {
        "type": "string",
        "enum": [
          "missing",
          "granted",
          "lacking",
          "expired",
          "revoked"
        ],
        "description": "`missing`: nobody has consented. `lacking`: automations need rights that were not given."
      },
      "reason": {
        "type": "string",
        "description": "Why it ended."
      },
      "identity": {
        "type": "string",
        "description": "Whose account it is, as the service says."
      },
      "scopes": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "The rights that the automations need."
      },
      "missing_scopes": {
        "type": "array",
        "items": {
          "type": "string"
        }
      },
      "automations": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "The automations that use it."
      },
      "granted_at": {
        "type": "string"
      },
      "refreshed_at": {
        "type": "string"
      },
      "expires_at": {
        "type": "string",
        "description": "Of the access token, which is refreshed before."
      },
      "page": {
        "type": "string",
        "description": "Where a person who is signed in to the runner consents."
      }
    },
    "required": [
      "account",
      "connection",
      "connector",
      "title",
      "status",
      "scopes",
      "missing_scopes",
      "automations",
      "page"
    ],
    "additionalProperties": false,
    "description": "How the consent to a connection is, `POST /api/v1/oauth/:account/:connection/revoke`"
  },
  "OAuthListView": {
    "type": "object",
    "properties": {
      "redirect_uri": {
        "type": "string",
        "description": "Where services send browsers back to; registered there to the letter."
      },
      "connections": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/OAuthConnectionView"
        }
      }
    },
    "required": [
      "redirect_uri",
      "connections"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/oauth`"
  },
  "OAuthLinkView": {
    "type": "object",
    "properties": {
      "url": {
        "type": "string",
        "description": "For one person, until it has served."
      },
      "expires_at": {
        "type": "string"
      }
    },
    "required": [
      "url",
      "expires_at"
    ],
    "additionalProperties": false,
    "description": "`POST /api/v1/oauth/:account/:connection/link`"
  },
  "HistoryAccountView": {
    "type": "object",
    "properties": {
      "account": {
        "type": "string"
      },
      "runs": {
        "type": "number"
      },
      "bytes": {
        "type": "number",
        "description": "About how much."
      },
      "oldest": {
        "type": "string",
        "description": "When the oldest run was accepted."
      },
      "keep_ms": {
        "type": "number",
        "description": "From a run's end; absent: for good."
      },
      "keep_failed_ms": {
        "type": "number",
        "description": "The same of runs that failed; absent: until they are run again."
      },
      "max_bytes": {
        "type": "number"
      }
    },
    "required": [
      "account",
      "runs",
      "bytes"
    ],
    "additionalProperties": false,
    "description": "What the history of an account takes, and how long it is kept."
  },
  "HistoryView": {
    "type": "object",
    "properties": {
      "accounts": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/HistoryAccountView"
        }
      }
    },
    "required": [
      "accounts"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/history`"
  },
  "RunSummaryView": {
    "type": "object",
    "properties": {
      "id": {
        "type": "string"
      },
      "account": {
        "type": "string"
      },
      "automation": {
        "type": "string"
      },
      "plan": {
        "type": "string",
        "description": "Digest."
      },
      "status": {
        "$ref": "#/components/schemas/RunStatus"
      },
      "failure": {
        "$ref": "#/components/schemas/Failure"
      },
      "created_at": {
        "type": "string"
      },
      "started_at": {
        "type": "string"
      },
      "finished_at": {
        "type": "string"
      },
      "duration_ms": {
        "type": "number",
        "description": "Milliseconds from start to end."
      },
      "parent": {
        "type": "object",
        "properties": {
          "run": {
            "type": "string"
          },
          "step": {
            "type": "string"
          }
        },
        "required": [
          "run",
          "step"
        ],
        "additionalProperties": false,
        "description": "The step of another run that called it."
      },
      "origin": {
        "type": "string",
        "description": "The run that it replays."
      }
    },
    "required": [
      "id",
      "account",
      "automation",
      "plan",
      "status",
      "created_at"
    ],
    "additionalProperties": false,
    "description": "A run without what it carried: as it stands in lists and events."
  },
  "RunStatus": {
    "type": "string",
    "enum": [
      "queued",
      "running",
      "waiting",
      "succeeded",
      "failed",
      "uncertain",
      "canceled"
    ]
  },
  "RunView": {
    "type": "object",
    "properties": {
      "id": {
        "type": "string"
      },
      "account": {
        "type": "string"
      },
      "automation": {
        "type": "string"
      },
      "plan": {
        "type": "string",
        "description": "Digest."
      },
      "status": {
        "$ref": "#/components/schemas/RunStatus"
      },
      "failure": {
        "$ref": "#/components/schemas/Failure"
      },
      "created_at": {
        "type": "string"
      },
      "started_at": {
        "type": "string"
      },
      "finished_at": {
        "type": "string"
      },
      "duration_ms": {
        "type": "number",
        "description": "Milliseconds from start to end."
      },
      "parent": {
        "type": "object",
        "properties": {
          "run": {
            "type": "string"
          },
          "step": {
            "type": "string"
          }
        },
        "required": [
          "run",
          "step"
        ],
        "additionalProperties": false,
        "description": "The step of another run that called it."
      },
      "origin": {
        "type": "string",
        "description": "The run that it replays."
      },
      "trigger": {
        "$ref": "#/components/schemas/Json"
      },
      "warnings": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "In which ways the event is not as its connector says."
      },
      "output": {
        "$ref": "#/components/schemas/Json"
      }
    },
    "required": [
      "account",
      "automation",
      "created_at",
      "id",
      "plan",
      "status",
      "trigger",
      "warnings"
    ],
    "additionalProperties": false
  },
  "StepView": {
    "type": "object",
    "properties": {
      "path": {
        "type": "string",
        "description": "Names the step within the run: `send`, in a loop `each[2].send`, in the second try of a step `route~2.send`."
      },
      "id": {
        "type": "string"
      },
      "kind": {
        "type": "string",
        "enum": [
          "action",
          "call",
          "wait",
          "set",
          "switch",
          "for_each",
          "branches",
          "stop",
          "fail"
        ]
      },
      "uses": {
        "type": "string",
        "description": "`<connector>.<action>`, of an action."
      },
      "called": {
        "type": "string",
        "description": "The run that it called."
      },
      "approval": {
        "type": "string",
        "description": "Path of the page on which a person decides, while that is open."
      },
      "again": {
        "type": "object",
        "properties": {
          "code": {
            "type": "string"
          },
          "message": {
            "type": "string"
          },
          "step": {
            "type": "string"
          },
          "at": {
            "type": "string"
          }
        },
        "required": [
          "code",
          "message",
          "step",
          "at"
        ],
        "additionalProperties": false,
        "description": "Of a later try of a step, such as `route~2`: how, and in which step, the one before failed, and when this one begins."
      },
      "depth": {
        "type": "number",
        "description": "How many steps stand around it."
      },
      "status": {
        "type": "string",
        "enum": [
          "pending",
          "running",
          "waiting",
          "succeeded",
          "skipped",
          "failed",
          "uncertain"
        ],
        "description": "`pending` where the run has not come to it; `skipped` where it went another way."
      },
      "output": {
        "$ref": "#/components/schemas/Json",
        "description": "What it gave, of a step that calls nothing; an action's is that of its last attempt."
      },
      "failure": {
        "$ref": "#/components/schemas/Failure",
        "description": "Why it failed, where no attempt says so."
      },
      "attempts": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/AttemptView"
        }
      },
      "ends_by": {
        "type": "string",
        "description": "The instant until which the step must end, of one with a time of its own; an action has one for each attempt."
      },
      "pages": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/PageView"
        },
        "description": "Of a loop over many items: stretches whose steps are shown by `?page=`."
      }
    },
    "required": [
      "path",
      "id",
      "kind",
      "depth",
      "status",
      "attempts"
    ],
    "additionalProperties": false,
    "description": "One step of a run as it went; each turn of a loop, and each later try of a step, by itself."
  },
  "AttemptView": {
    "type": "object",
    "properties": {
      "attempt": {
        "type": "number",
        "description": "Counts from 1. In an event, -1 is what is waited before a later try of a step."
      },
      "input": {
        "$ref": "#/components/schemas/Json"
      },
      "input_bytes": {
        "type": "number",
        "description": "What the input takes as JSON in UTF-8, before anything in it is redacted."
      },
      "output": {
        "$ref": "#/components/schemas/Json"
      },
      "output_bytes": {
        "type": "number",
        "description": "The same of the output."
      },
      "warnings": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "In which ways the output is not as the action's connector says."
      },
      "failure": {
        "$ref": "#/components/schemas/Failure"
      },
      "started_at": {
        "type": "string"
      },
      "finished_at": {
        "type": "string"
      },
      "duration_ms": {
        "type": "number"
      },
      "retry_at": {
        "type": "string",
        "description": "Until when the run waits before the next attempt."
      },
      "waits_until": {
        "type": "string",
        "description": "Until when a step that waits does so, where that is known."
      }
    },
    "required": [
      "attempt",
      "input",
      "input_bytes",
      "started_at"
    ],
    "additionalProperties": false
  },
  "PageView": {
    "type": "object",
    "properties": {
      "page": {
        "type": "string",
        "description": "Such as `each[500-999]`."
      },
      "status": {
        "type": "string",
        "enum": [
          "running",
          "succeeded",
          "failed"
        ]
      },
      "started_at": {
        "type": "string"
      },
      "finished_at": {
        "type": "string"
      }
    },
    "required": [
      "page",
      "status",
      "started_at"
    ],
    "additionalProperties": false,
    "description": "A stretch of a long loop."
  },
  "RetriedAttemptView": {
    "type": "object",
    "properties": {
      "attempt": {
        "type": "number",
        "description": "Counts from 1. In an event, -1 is what is waited before a later try of a step."
      },
      "input": {
        "$ref": "#/components/schemas/Json"
      },
      "input_bytes": {
        "type": "number",
        "description": "What the input takes as JSON in UTF-8, before anything in it is redacted."
      },
      "output": {
        "$ref": "#/components/schemas/Json"
      },
      "output_bytes": {
        "type": "number",
        "description": "The same of the output."
      },
      "warnings": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "In which ways the output is not as the action's connector says."
      },
      "failure": {
        "$ref": "#/components/schemas/Failure"
      },
      "started_at": {
        "type": "string"
      },
      "finished_at": {
        "type": "string"
      },
      "duration_ms": {
        "type": "number"
      },
      "retry_at": {
        "type": "string",
        "description": "Until when the run waits before the next attempt."
      },
      "waits_until": {
        "type": "string",
        "description": "Until when a step that waits does so, where that is known."
      },
      "step": {
        "type": "string"
      }
    },
    "required": [
      "attempt",
      "input",
      "input_bytes",
      "started_at",
      "step"
    ],
    "additionalProperties": false,
    "description": "An attempt that failed, before a retry made the step again."
  },
  "RunDetailView": {
    "type": "object",
    "properties": {
      "run": {
        "$ref": "#/components/schemas/RunView"
      },
      "steps": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/StepView"
        },
        "description": "Those of the page that is asked for; without one, all but those in pages."
      },
      "retried": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/RetriedAttemptView"
        },
        "description": "What failed before the run was retried, up to 500."
      },
      "called": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/RunSummaryView"
        },
        "description": "The runs that its steps called, up to 500."
      },
      "standing": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/StandingFailureView"
        },
        "description": "What has failed in a run that has not ended: in branches and items whose others are waited for."
      }
    },
    "required": [
      "run",
      "steps",
      "retried",
      "called",
      "standing"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/runs/:id`"
  },
  "StandingFailureView": {
    "type": "object",
    "properties": {
      "step": {
        "type": "string",
        "description": "Names the step that failed."
      },
      "what": {
        "type": "string"
      },
      "comes": {
        "type": "string",
        "description": "What comes of it, and when."
      }
    },
    "required": [
      "step",
      "what",
      "comes"
    ],
    "additionalProperties": false
  },
  "DecidedRunsView": {
    "type": "object",
    "properties": {
      "done": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/RunSummaryView"
        },
        "description": "The runs that a replay started; otherwise those that were found."
      },
      "refused": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "run": {
              "type": "string"
            },
            "reason": {
              "type": "string"
            }
          },
          "required": [
            "run",
            "reason"
          ],
          "additionalProperties": false
        }
      }
    },
    "required": [
      "done",
      "refused"
    ],
    "additionalProperties": false,
    "description": "`POST /api/v1/runs/replay`, `/retry` and `/cancel`"
  },
  "PauseListView": {
    "type": "object",
    "properties": {
      "pauses": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "account": {
              "type": "string"
            },
            "automation": {
              "type": "string"
            },
            "since": {
              "type": "string"
            }
          },
          "required": [
            "account",
            "since"
          ],
          "additionalProperties": false
        },
        "description": "Without an automation, all of the account."
      }
    },
    "required": [
      "pauses"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/pauses`, `POST /api/v1/pause` and `/resume`"
  },
  "AnsweredView": {
    "type": "object",
    "properties": {
      "run": {
        "type": "string"
      },
      "step": {
        "type": "string"
      }
    },
    "required": [
      "run",
      "step"
    ],
    "additionalProperties": false,
    "description": "`POST /api/v1/runs/:id/approvals` and `/events`"
  },
  "RunListView": {
    "type": "object",
    "properties": {
      "runs": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/RunSummaryView"
        }
      },
      "next": {
        "type": "string",
        "description": "Where there are older ones: `before` of the next page."
      }
    },
    "required": [
      "runs"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/runs`"
  },
  "ExplanationView": {
    "type": "object",
    "properties": {
      "run": {
        "$ref": "#/components/schemas/RunSummaryView"
      },
      "headline": {
        "type": "string"
      },
      "findings": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "step": {
              "type": "string",
              "description": "Names the step within the run."
            },
            "what": {
              "type": "string"
            },
            "because": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "Why, from the nearest reason to the source."
            },
            "edit": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "What to do, the most likely first."
            }
          },
          "required": [
            "what",
            "because",
            "edit"
          ],
          "additionalProperties": false
        }
      }
    },
    "required": [
      "run",
      "headline",
      "findings"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/runs/:id/explanation`"
  },
  "DeploymentListView": {
    "type": "object",
    "properties": {
      "deployments": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "id": {
              "type": "number"
            },
            "created_at": {
              "type": "string"
            },
            "source": {
              "type": "string"
            },
            "current": {
              "type": "boolean"
            },
            "entries": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "account": {
                    "type": "string"
                  },
                  "automation": {
                    "type": "string"
                  },
                  "plan": {
                    "type": "string"
                  },
                  "trigger": {
                    "type": "string"
                  },
                  "consents": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "properties": {
                        "connection": {
                          "type": "string"
                        },
                        "scopes": {
                          "type": "array",
                          "items": {
                            "type": "string"
                          }
                        },
                        "through": {
                          "type": "string",
                          "description": "The automation that needs it, where this one only calls that."
                        }
                      },
                      "required": [
                        "connection",
                        "scopes"
                      ],
                      "additionalProperties": false
                    },
                    "description": "The connections to which a person consents, with the rights that the automation needs there."
                  }
                },
                "required": [
                  "account",
                  "automation",
                  "plan"
                ],
                "additionalProperties": false
              }
            }
          },
          "required": [
            "id",
            "created_at",
            "source",
            "current",
            "entries"
          ],
          "additionalProperties": false
        }
      }
    },
    "required": [
      "deployments"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/deployments`"
  },
  "DeployEntryView": {
    "type": "object",
    "properties": {
      "status": {
        "type": "string",
        "enum": [
          "ready",
          "stalled",
          "suspended"
        ]
      },
      "reason": {
        "$ref": "#/components/schemas/ReasonView"
      },
      "attempted": {
        "type": "string",
        "description": "The revision that was tried last."
      },
      "applied": {
        "type": "string",
        "description": "The revision that serves."
      },
      "changed_at": {
        "type": "string",
        "description": "When status, reason or plans changed last."
      },
      "recent": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "revision": {
              "type": "string"
            },
            "at": {
              "type": "string"
            },
            "status": {
              "type": "string",
              "enum": [
                "ready",
                "stalled",
                "suspended"
              ]
            },
            "reason": {
              "$ref": "#/components/schemas/ReasonView"
            }
          },
          "required": [
            "at",
            "status"
          ],
          "additionalProperties": false
        },
        "description": "The last five changes, newest first."
      }
    },
    "required": [
      "status",
      "changed_at",
      "recent"
    ],
    "additionalProperties": false,
    "description": "How one account, or the whole, is deployed. Revisions are commits, or digests of a folder's files."
  },
  "ReasonView": {
    "type": "object",
    "properties": {
      "code": {
        "type": "string",
        "description": "Stable; `docs/errors.md` says what it means."
      },
      "message": {
        "type": "string"
      }
    },
    "required": [
      "code",
      "message"
    ],
    "additionalProperties": false
  },
  "ReconciliationView": {
    "type": "object",
    "properties": {
      "cause": {
        "type": "string",
        "description": "`start`, `interval`, `push`, `command` or `save`."
      },
      "started_at": {
        "type": "string"
      },
      "finished_at": {
        "type": "string",
        "description": "Absent while it is under way."
      },
      "revision": {
        "type": "string"
      },
      "steps": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "name": {
              "type": "string"
            },
            "status": {
              "type": "string",
              "enum": [
                "pending",
                "running",
                "done",
                "skipped",
                "failed",
                "interrupted"
              ]
            },
            "message": {
              "type": "string"
            },
            "duration_ms": {
              "type": "number"
            }
          },
          "required": [
            "name",
            "status"
          ],
          "additionalProperties": false
        }
      }
    },
    "required": [
      "cause",
      "started_at",
      "steps"
    ],
    "additionalProperties": false
  },
  "DeployView": {
    "type": "object",
    "properties": {
      "source": {
        "type": "string",
        "description": "Where revisions come from."
      },
      "head": {
        "type": "string",
        "description": "The newest revision that the source had, and when it was asked."
      },
      "asked_at": {
        "type": "string"
      },
      "pinned": {
        "type": "string",
        "description": "The revision that stays, whatever is newer."
      },
      "whole": {
        "$ref": "#/components/schemas/DeployEntryView",
        "description": "Absent before the first reconciliation."
      },
      "accounts": {
        "type": "array",
        "items": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "account": {
              "type": "string"
            },
            "stalled_automations": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "automation": {
                    "type": "string"
                  },
                  "reason": {
                    "$ref": "#/components/schemas/ReasonView"
                  }
                },
                "required": [
                  "automation",
                  "reason"
                ],
                "additionalProperties": false
              },
              "description": "Automations that are deployed and start no runs until a person consents."
            },
            "status": {
              "type": "string",
              "enum": [
                "ready",
                "stalled",
                "suspended"
              ]
            },
            "reason": {
              "$ref": "#/components/schemas/ReasonView"
            },
            "attempted": {
              "type": "string",
              "description": "The revision that was tried last."
            },
            "applied": {
              "type": "string",
              "description": "The revision that serves."
            },
            "changed_at": {
              "type": "string",
              "description": "When status, reason or plans changed last."
            },
            "recent": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "revision": {
                    "type": "string"
                  },
                  "at": {
                    "type": "string"
                  },
                  "status": {
                    "type": "string",
                    "enum": [
                      "ready",
                      "stalled",
                      "suspended"
                    ]
                  },
                  "reason": {
                    "$ref": "#/components/schemas/ReasonView"
                  }
                },
                "required": [
                  "at",
                  "status"
                ],
                "additionalProperties": false
              },
              "description": "The last five changes, newest first."
            }
          },
          "required": [
            "account",
            "changed_at",
            "recent",
            "stalled_automations",
            "status"
          ]
        }
      },
      "reconciliations": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/ReconciliationView"
        },
        "description": "The last five, newest first."
      }
    },
    "required": [
      "source",
      "accounts",
      "reconciliations"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/deploy`, and what every `POST /api/v1/deploy/:action` answers."
  },
  "ListenerView": {
    "type": "object",
    "properties": {
      "automation": {
        "type": "string"
      },
      "on": {
        "type": "string",
        "description": "`<connector>.<trigger>`"
      },
      "setup": {
        "type": "string",
        "description": "How the address is entered at the service; absent where the runner subscribes."
      }
    },
    "required": [
      "automation",
      "on"
    ],
    "additionalProperties": false,
    "description": "An automation that is started by what comes to the address of a connection."
  },
  "HookView": {
    "type": "object",
    "properties": {
      "path": {
        "type": "string",
        "description": "Path of the webhook with its secret part, from the server's address on."
      },
      "url": {
        "type": "string",
        "description": "The whole address, where the operator says how the runner is reached."
      },
      "sample": {
        "$ref": "#/components/schemas/Json",
        "description": "A body made from the trigger's schema; absent for the address of a connection."
      },
      "issues": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "In what the sample does not fit the schema, where none could be made that does."
      },
      "verified": {
        "type": "string",
        "description": "The scheme by which requests are proved genuine."
      },
      "listeners": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/ListenerView"
        },
        "description": "Of the address of a connection."
      },
      "given_key": {
        "type": "string",
        "description": "The key that the service gave to the address, such as a verification token that its page asks for."
      }
    },
    "required": [
      "path",
      "issues",
      "listeners"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/hooks/:account/:automation`; in place of the automation, `@` and the name of a connection."
  },
  "SampleView": {
    "type": "object",
    "properties": {
      "account": {
        "type": "string"
      },
      "automation": {
        "type": "string"
      },
      "starts": {
        "type": "string",
        "enum": [
          "webhook",
          "schedule",
          "poll",
          "event",
          "manual"
        ],
        "description": "What starts its runs."
      },
      "trigger": {
        "$ref": "#/components/schemas/JsonObject",
        "description": "What a run could be given, made from the schemas; absent where there are none to make it from."
      },
      "issues": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "In what the sample does not fit, where none could be made that does."
      }
    },
    "required": [
      "account",
      "automation",
      "starts",
      "issues"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/automations/:account/:automation/sample`"
  },
  "RotatedHookView": {
    "type": "object",
    "properties": {
      "path": {
        "type": "string",
        "description": "Path of the webhook with its secret part, from the server's address on."
      },
      "url": {
        "type": "string",
        "description": "The whole address, where the operator says how the runner is reached."
      },
      "sample": {
        "$ref": "#/components/schemas/Json",
        "description": "A body made from the trigger's schema; absent for the address of a connection."
      },
      "issues": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "In what the sample does not fit the schema, where none could be made that does."
      },
      "verified": {
        "type": "string",
        "description": "The scheme by which requests are proved genuine."
      },
      "listeners": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/ListenerView"
        },
        "description": "Of the address of a connection."
      },
      "given_key": {
        "type": "string",
        "description": "The key that the service gave to the address, such as a verification token that its page asks for."
      },
      "former_until": {
        "type": "string",
        "description": "Until when the address that was replaced is still taken."
      }
    },
    "required": [
      "former_until",
      "issues",
      "listeners",
      "path"
    ],
    "additionalProperties": false,
    "description": "`POST /api/v1/hooks/:account/:automation/rotate`"
  },
  "StorageEntryView": {
    "type": "object",
    "properties": {
      "key": {
        "type": "string"
      },
      "value": {
        "$ref": "#/components/schemas/Json"
      },
      "updated_at": {
        "type": "string"
      }
    },
    "required": [
      "key",
      "value",
      "updated_at"
    ],
    "additionalProperties": false
  },
  "StorageListView": {
    "type": "object",
    "properties": {
      "entries": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/StorageEntryView"
        }
      }
    },
    "required": [
      "entries"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/storage/:account`"
  },
  "RefusalSummaryView": {
    "type": "object",
    "properties": {
      "id": {
        "type": "string"
      },
      "account": {
        "type": "string"
      },
      "automation": {
        "type": "string"
      },
      "received_at": {
        "type": "string"
      },
      "status": {
        "type": "number",
        "description": "What was answered."
      },
      "reason": {
        "type": "string"
      },
      "run": {
        "type": "string",
        "description": "The run that a replay started."
      }
    },
    "required": [
      "id",
      "account",
      "automation",
      "received_at",
      "status",
      "reason"
    ],
    "additionalProperties": false,
    "description": "A refused delivery as it stands in lists."
  },
  "RefusalListView": {
    "type": "object",
    "properties": {
      "refusals": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/RefusalSummaryView"
        }
      }
    },
    "required": [
      "refusals"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/refusals`"
  },
  "RefusalView": {
    "type": "object",
    "properties": {
      "id": {
        "type": "string"
      },
      "account": {
        "type": "string"
      },
      "automation": {
        "type": "string"
      },
      "received_at": {
        "type": "string"
      },
      "status": {
        "type": "number",
        "description": "What was answered."
      },
      "reason": {
        "type": "string"
      },
      "run": {
        "type": "string",
        "description": "The run that a replay started."
      },
      "query": {
        "type": "string"
      },
      "headers": {
        "type": "object",
        "additionalProperties": {
          "type": "string"
        },
        "description": "Those that may hold a signature or a key are hidden."
      },
      "body": {
        "type": "string",
        "description": "As UTF-8; bytes that are none are replaced."
      },
      "cut": {
        "type": "boolean",
        "description": "The body was longer than what is kept."
      }
    },
    "required": [
      "account",
      "automation",
      "body",
      "cut",
      "headers",
      "id",
      "query",
      "reason",
      "received_at",
      "status"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/refusals/:id`"
  },
  "RefusalExplanationView": {
    "type": "object",
    "properties": {
      "headline": {
        "type": "string"
      },
      "findings": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "step": {
              "type": "string",
              "description": "Names the step within the run."
            },
            "what": {
              "type": "string"
            },
            "because": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "Why, from the nearest reason to the source."
            },
            "edit": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "description": "What to do, the most likely first."
            }
          },
          "required": [
            "what",
            "because",
            "edit"
          ],
          "additionalProperties": false
        }
      },
      "refusal": {
        "$ref": "#/components/schemas/RefusalSummaryView"
      }
    },
    "required": [
      "findings",
      "headline",
      "refusal"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/refusals/:id/explanation`"
  },
  "SubscriptionView": {
    "type": "object",
    "properties": {
      "account": {
        "type": "string"
      },
      "connection": {
        "type": "string"
      },
      "subscription": {
        "type": "string",
        "description": "`<connector>.<subscription>`"
      },
      "key": {
        "type": "string",
        "description": "What it is for, such as a repository; empty where there is one for the connection."
      },
      "events": {
        "type": "array",
        "items": {
          "type": "string"
        }
      },
      "automations": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "The automations that want it; none where it is to be ended."
      },
      "status": {
        "type": "string",
        "enum": [
          "waiting",
          "creating",
          "active",
          "deleting"
        ],
        "description": "`waiting`: nobody can reach the runner."
      },
      "remote_id": {
        "type": "string",
        "description": "Its id at the service."
      },
      "changed_at": {
        "type": "string"
      },
      "expires_at": {
        "type": "string",
        "description": "When it ends by itself, unless it is renewed."
      },
      "failure": {
        "$ref": "#/components/schemas/Failure",
        "description": "Why the last try failed."
      },
      "due_at": {
        "type": "string",
        "description": "When it is tried again."
      }
    },
    "required": [
      "account",
      "connection",
      "subscription",
      "key",
      "events",
      "automations",
      "status"
    ],
    "additionalProperties": false,
    "description": "Events that a service is asked to send to the address of a connection."
  },
  "SubscriptionListView": {
    "type": "object",
    "properties": {
      "subscriptions": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/SubscriptionView"
        }
      },
      "reason": {
        "type": "string",
        "description": "Why nothing is subscribed to."
      }
    },
    "required": [
      "subscriptions"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/subscriptions`"
  },
  "RunEventView": {
    "type": "object",
    "properties": {
      "kind": {
        "type": "string",
        "enum": [
          "run_accepted",
          "attempt_started",
          "attempt_finished",
          "run_finished"
        ]
      },
      "run": {
        "$ref": "#/components/schemas/RunSummaryView"
      },
      "step": {
        "type": "object",
        "properties": {
          "id": {
            "type": "string"
          },
          "attempt": {
            "$ref": "#/components/schemas/AttemptView"
          }
        },
        "required": [
          "id",
          "attempt"
        ],
        "additionalProperties": false,
        "description": "With the attempt events."
      }
    },
    "required": [
      "kind",
      "run"
    ],
    "additionalProperties": false,
    "description": "What `GET /api/v1/events` sends, one a server-sent event."
  },
  "ErrorView": {
    "type": "object",
    "properties": {
      "error": {
        "type": "object",
        "properties": {
          "code": {
            "type": "string"
          },
          "message": {
            "type": "string"
          },
          "help": {
            "type": "string"
          }
        },
        "required": [
          "code",
          "message"
        ],
        "additionalProperties": false
      }
    },
    "required": [
      "error"
    ],
    "additionalProperties": false,
    "description": "Every answer with status 400 or more."
  },
  "HealthView": {
    "type": "object",
    "properties": {
      "status": {
        "type": "string",
        "enum": [
          "ok",
          "full",
          "cannot_keep"
        ],
        "description": "`full`: so many runs wait that no more are taken for now. `cannot_keep`: nothing can be written, and all stands still."
      },
      "automations": {
        "type": "number"
      },
      "queued": {
        "type": "number",
        "description": "Runs that wait for their turn."
      }
    },
    "required": [
      "status",
      "automations",
      "queued"
    ],
    "additionalProperties": false
  },
  "MeView": {
    "type": "object",
    "properties": {
      "id": {
        "type": "string",
        "description": "Of the token; `owner` is the one that the runner makes at its start."
      },
      "name": {
        "type": "string"
      },
      "role": {
        "$ref": "#/components/schemas/Role"
      },
      "accounts": {
        "anyOf": [
          {
            "type": "string",
            "const": "all"
          },
          {
            "type": "array",
            "items": {
              "type": "string"
            }
          }
        ]
      },
      "account_roles": {
        "type": "object",
        "additionalProperties": {
          "$ref": "#/components/schemas/Role"
        },
        "description": "Roles in single accounts that are more than `role`."
      },
      "expires_at": {
        "type": "string",
        "description": "When the token or the session ends; absent where that is when the runner does."
      },
      "csrf": {
        "type": "string",
        "description": "What a signed-in browser sends as `X-CSRF-Token` to change something."
      }
    },
    "required": [
      "id",
      "name",
      "role",
      "accounts",
      "account_roles"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/me`"
  },
  "Role": {
    "type": "string",
    "enum": [
      "viewer",
      "operator",
      "editor",
      "admin"
    ]
  },
  "TokenView": {
    "type": "object",
    "properties": {
      "id": {
        "type": "string"
      },
      "name": {
        "type": "string"
      },
      "role": {
        "type": "string"
      },
      "accounts": {
        "anyOf": [
          {
            "type": "string",
            "const": "all"
          },
          {
            "type": "array",
            "items": {
              "type": "string"
            }
          }
        ]
      },
      "account_roles": {
        "type": "object",
        "additionalProperties": {
          "type": "string"
        },
        "description": "Roles in single accounts that are more than `role`."
      },
      "status": {
        "type": "string",
        "enum": [
          "usable",
          "expired",
          "revoked"
        ]
      },
      "created_at": {
        "type": "string"
      },
      "created_by": {
        "type": "string",
        "description": "Id of the token that it was made with."
      },
      "expires_at": {
        "type": "string"
      },
      "revoked_at": {
        "type": "string"
      }
    },
    "required": [
      "id",
      "name",
      "role",
      "accounts",
      "account_roles",
      "status",
      "created_at",
      "created_by",
      "expires_at"
    ],
    "additionalProperties": false
  },
  "NewTokenView": {
    "type": "object",
    "properties": {
      "id": {
        "type": "string"
      },
      "name": {
        "type": "string"
      },
      "role": {
        "type": "string"
      },
      "accounts": {
        "anyOf": [
          {
            "type": "string",
            "const": "all"
          },
          {
            "type": "array",
            "items": {
              "type": "string"
            }
          }
        ]
      },
      "account_roles": {
        "type": "object",
        "additionalProperties": {
          "type": "string"
        },
        "description": "Roles in single accounts that are more than `role`."
      },
      "status": {
        "type": "string",
        "enum": [
          "usable",
          "expired",
          "revoked"
        ]
      },
      "created_at": {
        "type": "string"
      },
      "created_by": {
        "type": "string",
        "description": "Id of the token that it was made with."
      },
      "expires_at": {
        "type": "string"
      },
      "revoked_at": {
        "type": "string"
      },
      "token": {
        "type": "string",
        "description": "Shown this once."
      }
    },
    "required": [
      "account_roles",
      "accounts",
      "created_at",
      "created_by",
      "expires_at",
      "id",
      "name",
      "role",
      "status",
      "token"
    ],
    "additionalProperties": false,
    "description": "`POST /api/v1/tokens`"
  },
  "TokenListView": {
    "type": "object",
    "properties": {
      "tokens": {
        "type": "array",
        "items": {
          "$ref": "#/components/schemas/TokenView"
        }
      }
    },
    "required": [
      "tokens"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/tokens`"
  },
  "ConnectLinkView": {
    "type": "object",
    "properties": {
      "account": {
        "type": "string"
      },
      "connection": {
        "type": "string"
      },
      "path": {
        "type": "string",
        "description": "Path of the page with its secret part, from the server's address on. Shown this once."
      },
      "url": {
        "type": "string",
        "description": "The whole address, where the operator says how the runner is reached."
      },
      "expires_at": {
        "type": "string"
      }
    },
    "required": [
      "account",
      "connection",
      "path",
      "expires_at"
    ],
    "additionalProperties": false,
    "description": "`POST /api/v1/connect-links`"
  },
  "AuditListView": {
    "type": "object",
    "properties": {
      "entries": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "id": {
              "type": "number"
            },
            "at": {
              "type": "string"
            },
            "actor": {
              "type": "string",
              "description": "Who: id and name of the token, and its role then."
            },
            "name": {
              "type": "string"
            },
            "role": {
              "type": "string"
            },
            "action": {
              "type": "string",
              "description": "What: the route that was called."
            },
            "target": {
              "type": "string",
              "description": "To what: what the path and the body name."
            },
            "account": {
              "type": "string"
            },
            "status": {
              "type": "number",
              "description": "HTTP status of the answer."
            },
            "address": {
              "type": "string",
              "description": "IP address that it came from."
            }
          },
          "required": [
            "id",
            "at",
            "actor",
            "name",
            "role",
            "action",
            "target",
            "status",
            "address"
          ],
          "additionalProperties": false
        }
      },
      "next": {
        "type": "number",
        "description": "Where there are older ones: `before` of the next page."
      }
    },
    "required": [
      "entries"
    ],
    "additionalProperties": false,
    "description": "`GET /api/v1/audit`"
  }
};

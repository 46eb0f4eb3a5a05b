// Package graph is the GraphQL API: its schema, the limits on what a document may cost, and the handler that serves it
// over HTTP.
//
//	request ─ document (limits, validation, cache) ─ variables ─ texts ─ cost ─ execution ─ response
//
// The generated code executes operations. For the types that most requests ask for, package graph/direct writes the JSON
// in its place. The directive @requires of a field says which principals may use it (requires_directive.go). A resolver
// passes the principal to package db, which holds the rules. errors.go converts every error to what the client
// sees. The generated code is in graph/generated only:
//
//	go tool -modfile=tools/go.mod gqlgen generate
//
// # Which file
//
//   - requests: handler (Config, the order of things: method, media types, body and its size, the limits of operations,
//     response; panics), request (reading the body's keys, unpaired surrogates and numbers in it; the largest body),
//     trusted_documents (only those for a widget session),
//     operation (one of a request: variables, checks, middleware, execution)
//   - documents: document_cache (parsing and validating one, once; parse errors; how much it keeps),
//     document_limits (tokens, fields, fragments, depth; introspection),
//     cost (what fields and lists cost; how long a list may be),
//     input_text (texts that cannot be stored, in arguments, variables and input fields, through fragments, too; which have
//     line breaks),
//     schema (the executable schema, without @defer)
//   - limits: concurrency_limit (at a time: operations and streams of a session or a person, streams of the node, resolvers of an
//     operation)
//   - who may: requires_directive (which principal may use a field: UNAUTHENTICATED, FORBIDDEN),
//     access (to tenants: tenantForRole, the role or the server key that their fields need; seat for a change, removeByID; accessRecheck:
//     before the response, mayStillSee checks again the session or key and the tenants that were read; after each mutation too)
//   - responses: response (status, media type, headers, body; 401, 429, 503, Retry-After; why a stream is rejected),
//     errors (the codes, apiError, badRequest, tooComplex, those of requests and variables; the presenter: what a client sees of an error, a CONFLICT's note
//     included; unexpected ones logged),
//     stream (the loop of a subscription: opened, an execution of the operation for each event, heartbeats, its age, its end),
//     sse_writer (its bytes, headers and write deadlines; a hijacked connection)
//   - what resolvers share: resolver (which type has which resolver: Query, Note, Subscription, …; ids, lists, nulls, the
//     session of the request), cursor (encoding and checking cursors: a position, as strings with their length, and a MAC),
//     tenant_cache (tenants of a list, each read once at a time; singleflight)
//   - resolvers and *.graphqls, people: viewer_resolver (viewer, its id and tenant; renameViewer, deleteAccount, the tenants
//     that one leaves), viewer.graphqls (Viewer, TenantCard), account.graphqls (renameViewer, deleteAccount),
//     passkey_resolver, passkey.graphqls (Passkey, its name, provider and device; onlyOnePasskey, renamePasskey, deletePasskey),
//     recovery_code_resolver, recovery_code.graphqls (recoveryCodesLeft, regenerateRecoveryCodes),
//     session_resolver, session.graphqls (Session, its device; revokeSession, revokeOtherSessions),
//     identity_resolver, identity.graphqls (Identity: a linked site, its subject, email, name; unlinkIdentity)
//   - resolvers and *.graphqls, notes: note_resolver (note, notes and its arguments, createNote, importNotes, updateNote,
//     trashNote, restoreNote, deleteNote, restoreVersion; Note.tenant, Note.history),
//     encryption_resolver, encryption.graphqls (Viewer.sealing and keyWraps, KeyWrap.passkey, setSealing, convertNotes;
//     Note.sealing, Note.sealed; replaceRecoveryCodes),
//     subscription_resolver (noteChanged opens a watch, or is refused without a stream; NoteEvent.note),
//     schema.graphqls (these queries, mutations and noteChanged; viewer, @requires, Time),
//     note.graphqls (the types: Note, NoteVersion, NoteConnection, NoteFilter, inputs and payloads, NoteEvent)
//   - resolvers and *.graphqls, tenants: tenant_resolver, tenant.graphqls (tenant, createTenant, updateTenant, deleteTenant,
//     policy, branding, addEmbedOrigin, removeEmbedOrigin),
//     member_resolver, member.graphqls (members, changeRole, invitation and its link, inviteMember, withdrawInvitation,
//     acceptInvitation, removeMember; Viewer.tenants),
//     assertion_resolver, assertion.graphqls (assertionKeys, addAssertionKey, revokeAssertionKey, testAssertion),
//     server_key_resolver (serverKeys, createServerKey, revokeServerKey; what only a server key may do: eraseSubject,
//     issueTicket), server_key.graphqls, erasure.graphqls, ticket.graphqls,
//     webhook_resolver, webhook.graphqls (webhooks, addWebhook, rotateWebhookSecret, removeWebhook; deliveries, redeliver),
//     audit_log_resolver, audit_log.graphqls (Tenant.auditLog, Viewer.securityEvents),
//     consent_resolver, consent.graphqls (consents, withdrawConsent),
//     installation_resolver (checkInstallation and its report, Tenant.lastSeen; their schema is in tenant.graphqls),
//     usage_resolver, usage.graphqls (usage by day and by month)
//   - page/: page (edges, cursors and page info of notes; Connection, Edge, Info)
//
// # Streams
//
// A subscription is served over server-sent events, one per request ("GraphQL over Server-Sent Events Protocol",
// distinct connections mode): POST /graphql with the body, credentials and proof of any other request, and
// Accept: text/event-stream. The response with status 200 is
//
//	:                                                     the stream has started; again every 20 s
//
//	event: next
//	data: {"data":{"noteChanged":{"type":"UPDATED","id":"01a2…","note":{"id":"01a2…","version":7}}}}
//
//	event: complete
//	data:
//
// with one line of data per event and an empty line after each event. A response with another status has the usual
// errors in JSON: 401 (sign in; or use_dpop_nonce: send the request again with the DPoP-Nonce), 403, 406 for an operation
// that is not a subscription, 429 for the ninth stream of a session on a node, 503 if the node has no free stream or
// receives no changes. 429 and 503 have Retry-After.
//
// After the first line, the client gets every later change: read the notes after it, not before. The server sends
// complete after at most 15 minutes, when the session ends, when the client reads too slowly, when the node stops, and
// when the node has missed changes. After complete, and after an end without it, wait for a random time, subscribe again
// and read the notes; the response says whether the session has ended. An event may be the client's own change, may come
// twice, and may come later than the version of the note that it holds: ignore a version that is not newer. A change may be
// missing if the node that made it is killed at that moment: read the notes when the page becomes visible, too. A stream
// does not count as using its session, so it does not keep the session alive. A browser opens at most six connections to
// an origin: share one stream among the frames of a partition.
//
// db.Follow receives the changes, and stream.go sends them.
//
// The package must not authenticate (package auth does), hold rules about notes (package db does), or contain SQL.
package graph

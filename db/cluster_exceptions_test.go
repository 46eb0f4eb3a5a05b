package db_test

// Both lists name what breaks a rule, as "rule: where". A line that nothing breaks any more must be removed.

// exempt lists what breaks a rule for good, with the reason.
var exempt = map[string]string{
	"names no user: still_live()":          "the users are the function's argument",
	"names no user: named":                 "the user is the one that the token names",
	"names no user: sessionOf":             "only for a token of an earlier release",
	"names no user: any_note_in()":         "the user is the function's argument",
	"names no user: count_notes()":         "the user is the function's argument",
	"names no user: note_tenants()":        "the user is the function's argument",
	"names no user: removal":               "the owner is in the condition that the function builds",
	"changes the role: becomeAuth":         "directly after BEGIN",
	"changes the role: becomeMerge":        "directly after BEGIN",
	"changes the role: becomePerson":       "directly after BEGIN",
	"changes the role: connectOwner":       "a new connection, in no transaction",
	"changes the role: pinSettings":        "a new connection, in no transaction",
	"changes the role: prepare":            "a new connection, in no transaction",
	"changes the role: writeUsage":         "directly after BEGIN",
	"names no user: AcceptInvitation":      "counts a tenant's members",
	"names no user: DeleteTenant":          "a tenant's members are people of all nodes",
	"names no user: sweepVouchedAccounts":  "a sweep",
	"names no user: FindAccounts":          "an operator looks for an account by its name",
	"names no user: RestoreNote":           "the owner is in the condition that the function builds",
	"names no user: TrashNote":             "the owner is in the condition that the function builds",
	"names no user: account_user()":        "the user's id comes from the setting",
	"names no user: changeRPID":            "counts all passkeys, for an operator",
	"names no user: membersOf":             "a tenant's members are people of all nodes",
	"names no user: merging_user()":        "the user's id comes from the setting",
	"names no user: notesStatement":        "the owner is in the condition that the function builds",
	"names no user: openRootSecret":        "once, at the first start",
	"names no user: owner_user()":          "the user's id comes from the setting",
	"names no user: seal":                  "a worker that seals what an earlier release has stored in the clear",
	"names no user: subjectHolder":         "only for what an earlier release has stored in the clear",
	"names no user: sweep_deleted_notes()": "a sweep",
}

// pending lists what still has to be changed before a cluster takes it.
var pending = []string{
	"a stable function in CASE, COALESCE: Recover",
	"a stable function in CASE, COALESCE: TrashNote",
	"a stable function in CASE, COALESCE: signIn",
	"inserts what it selects: signIn",
	"names no user: endSessionsAt",
	"names no user: invitations",
	"names no user: KnowsToken",
	"names no user: SignOut",
	"names no user: revokeSessions",
}

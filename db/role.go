package db

// A Role is what a member may do at a tenant.
type Role string

// The roles. Each may do what the ones below it may.
const (
	RoleOwner  Role = "OWNER"
	RoleAdmin  Role = "ADMIN"  // all but members
	RoleViewer Role = "VIEWER" // look
)

// May reports whether a role includes another. No role at all includes nothing.
func (r Role) May(needed Role) bool { return rank[r] >= rank[needed] && rank[r] > 0 }

var rank = map[Role]int{RoleViewer: 1, RoleAdmin: 2, RoleOwner: 3}

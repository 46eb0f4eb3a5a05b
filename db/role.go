package db

// A Role says what a member may do at a tenant.
type Role string

// The roles. Each includes the ones below it.
const (
	RoleOwner  Role = "OWNER"
	RoleAdmin  Role = "ADMIN"  // everything except managing members
	RoleViewer Role = "VIEWER" // read only
)

// May reports whether a role includes another. No role ("") includes none.
func (r Role) May(needed Role) bool { return rank[r] >= rank[needed] && rank[r] > 0 }

var rank = map[Role]int{RoleViewer: 1, RoleAdmin: 2, RoleOwner: 3}

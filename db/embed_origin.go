package db

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/uptrace/bun/dialect/pgdialect"
	"golang.org/x/net/publicsuffix"
)

// MaxEmbedOrigins is how many origins a tenant may list.
const MaxEmbedOrigins = 100

// AddEmbedOrigin lets pages of an origin embed a tenant's widget. ParseOrigin says what origins are valid; where the policy
// allows it, the first label of the host may be a wildcard, if the rest is no public suffix. It
// returns ErrUnknownTenant when there is no such tenant, and CodeConflict when it has MaxEmbedOrigins
// already.
func (d *DB) AddEmbedOrigin(ctx context.Context, by Seat, origin string) (_ *Tenant, err error) {
	defer place(&err, "db.AddEmbedOrigin")
	return d.changeTenant(ctx, by, requirement{role: RoleAdmin, backend: true}, func(tx *tenantTx) error {
		origin, wildcard, err := parseEmbedOrigin(origin)
		if err != nil {
			return err
		}
		if wildcard {
			var allowed bool
			if err := tx.NewRaw(`SELECT wildcard_origins FROM tenants WHERE key = ?`, tx.tenantKey).Scan(ctx, &allowed); err != nil {
				return err
			}
			if !allowed {
				return invalid("origin", "This tenant's policy doesn't allow wildcards. List each origin, or allow wildcard origins in the policy first.")
			}
		}
		var there int
		err = tx.NewRaw(`SELECT count(*) FROM embed_origins WHERE tenant_key = ? AND origin <> ?`, tx.tenantKey, origin).Scan(ctx, &there)
		if err != nil {
			return err
		}
		if there >= MaxEmbedOrigins {
			return &Error{Code: CodeConflict, Message: "There are already 100 embed origins. Remove any that are no longer used."}
		}
		result, err := tx.NewRaw(`INSERT INTO embed_origins (tenant_key, origin) VALUES (?, ?) ON CONFLICT DO NOTHING`, tx.tenantKey, origin).Exec(ctx)
		if err != nil {
			return err
		}
		if added, err := result.RowsAffected(); err != nil || added == 0 { // it was listed already
			return err
		}
		return tx.record(ctx, Event{Action: "origin.added", Target: origin})
	})
}

// RemoveEmbedOrigin undoes AddEmbedOrigin: the origin's pages can no longer show the widget or sign in, and
// sessions that began there end. It returns CodeNotFound for an origin that is not the tenant's.
func (d *DB) RemoveEmbedOrigin(ctx context.Context, by Seat, origin string) (_ *Tenant, err error) {
	defer place(&err, "db.RemoveEmbedOrigin")
	if parsed, _, err := parseEmbedOrigin(origin); err == nil {
		origin = parsed
	}
	return d.changeTenant(ctx, by, requirement{role: RoleAdmin, backend: true}, func(tx *tenantTx) error {
		if err := requireRow(tx.NewRaw(`DELETE FROM embed_origins WHERE tenant_key = ? AND origin = ?`, tx.tenantKey, origin).Exec(ctx)); err != nil {
			return err
		}
		err := tx.endSessionsAt(ctx, func(at string, listed []string) bool {
			return at == origin || wildcardOf(at) == origin && !slices.Contains(listed, at)
		})
		if err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "origin.removed", Target: origin})
	})
}

// endSessionsAt ends the tenant's widget sessions at the origins that ended selects. listed are its embed origins.
func (c *tenantTx) endSessionsAt(ctx context.Context, ended func(origin string, listed []string) bool) error {
	var listed, used []string
	if err := c.NewRaw(`SELECT origin FROM embed_origins WHERE tenant_key = ?`, c.tenantKey).Scan(ctx, &listed); err != nil {
		return err
	}
	err := c.NewRaw(`SELECT DISTINCT embed_origin FROM sessions WHERE tenant_key = ? AND embed_origin IS NOT NULL AND revoked_at IS NULL`, c.tenantKey).Scan(ctx, &used)
	if err != nil {
		return err
	}
	used = slices.DeleteFunc(used, func(origin string) bool { return !ended(origin, listed) })
	if len(used) == 0 {
		return nil
	}
	return revokeEverybodysSessions(ctx, c.authorityTx, `tenant_key = ? AND embed_origin = ANY (?)`, c.tenantKey, pgdialect.Array(used))
}

// lockEmbedOrigin locks, until the transaction ends, what a widget session depends on: a tenant that is not
// suspended and one of its embed origins. Our own origin, ownOrigin, need not be listed. lockEmbedOrigin returns
// errCodeGone when either is missing. A transaction that removes either waits for this one and then ends the
// session.
func lockEmbedOrigin(ctx context.Context, tx authorityTx, tenantKey, embedOrigin, ownOrigin string) error {
	query := `SELECT t.key FROM tenants t JOIN embed_origins o ON o.tenant_key = t.key AND (o.origin = ?0 OR t.wildcard_origins AND o.origin = ?2)
		WHERE t.key = ?1 AND t.suspended_at IS NULL AND ?0 NOT LIKE '%*%' ORDER BY o.origin LIMIT 1 FOR SHARE`
	if embedOrigin == ownOrigin {
		query = `SELECT t.key FROM tenants t WHERE ?0 <> '' AND t.key = ?1 AND t.suspended_at IS NULL FOR SHARE`
	}
	var key string
	return ifNoRows(tx.NewRaw(query, embedOrigin, tenantKey, wildcardOf(embedOrigin)).Scan(ctx, &key), errCodeGone)
}

// Embeds reports whether origin, in serialized form, may frame the tenant's widget: it is listed, or a wildcard that the policy
// allows matches it. A wildcard itself is no origin.
func (t *Tenant) Embeds(origin string) bool { return t.SuspendedAt == nil && t.Lists(origin) }

// Lists is Embeds for a tenant that may be suspended: the frame then tells its pages so.
func (t *Tenant) Lists(origin string) bool {
	if strings.Contains(origin, "*") {
		return false
	}
	wildcard := ""
	if t.Policy.WildcardOrigins {
		wildcard = wildcardOf(origin)
	}
	return slices.Contains(t.EmbedOrigins, origin) || wildcard != "" && slices.Contains(t.EmbedOrigins, wildcard)
}

// wildcardLabel stands for one label of a host, the first: https://*.preview.example.
const wildcardLabel = "*."

// parseEmbedOrigin is ParseOrigin for an origin that may have a wildcard label.
func parseEmbedOrigin(s string) (origin string, wildcard bool, err error) {
	scheme, rest, _ := strings.Cut(s, "://")
	base, wildcard := strings.CutPrefix(rest, wildcardLabel)
	if !wildcard {
		if strings.Contains(s, "*") {
			return "", false, invalid("origin", "A wildcard must be the whole first part of the host, like https://*.preview.example.")
		}
		origin, err = ParseOrigin(s)
		return origin, false, err
	}
	if strings.Contains(base, "*") {
		return "", false, invalid("origin", "There can be only one wildcard, as the whole first part of the host, like https://*.preview.example.")
	}
	if origin, err = ParseOrigin(scheme + "://" + base); err != nil {
		return "", false, err
	}
	scheme, host, _ := strings.Cut(origin, "://")
	name := hostOf(origin)
	if _, err := netip.ParseAddr(name); err == nil {
		return "", false, invalid("origin", "A wildcard needs a host name after it, like https://*.preview.example.")
	}
	// Everybody can get a name below a public suffix. A label below some hosts makes one, like one below compute.amazonaws.com.
	if isPublicSuffix(name) || isPublicSuffix("label."+name) {
		return "", false, invalid("origin", "Anybody can have a host below %s, so a wildcard there would let strangers embed your widget. Use a domain that is yours alone.", name)
	}
	return scheme + "://" + wildcardLabel + host, true, nil
}

// wildcardOf returns the only wildcard that an origin in serialized form can match, or "" if there is none: for an origin
// without a host name, or with a host that is a public suffix itself.
func wildcardOf(origin string) string {
	scheme, rest, _ := strings.Cut(origin, "://")
	label, base, ok := strings.Cut(rest, ".")
	if name := hostOf(origin); !ok || !isHostName(label) || !isHostName(name) || isPublicSuffix(name) {
		return ""
	}
	return scheme + "://" + wildcardLabel + base
}

// onlyByWildcard reports whether an origin is not listed itself, but a wildcard is that it matches.
func onlyByWildcard(origin string, listed []string) bool {
	wildcard := wildcardOf(origin)
	return wildcard != "" && slices.Contains(listed, wildcard) && !slices.Contains(listed, origin)
}

// hostOf returns the host of an origin in serialized form, or "".
func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme+"://"+u.Host != origin {
		return ""
	}
	return u.Hostname()
}

// isPublicSuffix reports whether anybody can register a name below a host: it is in the list of publicsuffix.org, with the part
// of companies that give names away, or has one label.
func isPublicSuffix(host string) bool {
	suffix, _ := publicsuffix.PublicSuffix(host)
	return suffix == host
}

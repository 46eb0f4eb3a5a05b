package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/internal/webhook"
)

// AddWebhook is the mutation addWebhook. It adds a URL that receives the tenant's events.
func (r mutationResolver) AddWebhook(ctx context.Context, in generated.AddWebhookInput) (*generated.AddedWebhook, error) {
	seat, err := r.seat(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	if err := webhook.CheckURL(in.URL, r.loopback); err != nil {
		return nil, err
	}
	w, secret, err := r.db.AddWebhook(ctx, seat, in.URL, in.Events)
	if err != nil {
		return nil, err
	}
	return &generated.AddedWebhook{Webhook: webhookOf(w), Secret: secret}, nil
}

// RotateWebhookSecret is the mutation rotateWebhookSecret. It replaces the secret of a webhook.
func (r mutationResolver) RotateWebhookSecret(ctx context.Context, tenant, id string) (*generated.AddedWebhook, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	w, secret, err := r.db.RotateWebhookSecret(ctx, seat, parseID(id))
	if err != nil {
		return nil, err
	}
	return &generated.AddedWebhook{Webhook: webhookOf(w), Secret: secret}, nil
}

// RemoveWebhook is the mutation removeWebhook. It removes a webhook.
func (r mutationResolver) RemoveWebhook(ctx context.Context, tenant, id string) (*generated.DeletedPayload, error) {
	return r.removeByID(ctx, tenant, id, r.db.RemoveWebhook)
}

// Redeliver is the mutation redeliver. It sends a delivery again.
func (r mutationResolver) Redeliver(ctx context.Context, tenant, delivery string) (*generated.Delivery, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	v, err := r.db.Redeliver(ctx, seat, parseID(delivery))
	if err != nil {
		return nil, err
	}
	return deliveryOf(v), nil
}

// Webhooks is Tenant.webhooks. It returns the tenant's webhooks, to viewers and to the backend with the hosts of their URLs only.
func (r tenantResolver) Webhooks(ctx context.Context, t *db.Tenant) ([]*generated.Webhook, error) {
	list, err := r.db.Webhooks(ctx, t.Key)
	if err != nil {
		return nil, err
	}
	admin, err := r.isAdmin(ctx, t.Key)
	if err != nil {
		return nil, err
	}
	return mapList(list, func(w *db.Webhook) *generated.Webhook {
		shown := webhookOf(w)
		if !admin {
			shown.URL = w.Host()
		}
		return shown
	}), nil
}

const defaultDeliveries = 50

// Deliveries is Tenant.deliveries. It returns the newest deliveries of a webhook.
func (r tenantResolver) Deliveries(ctx context.Context, t *db.Tenant, webhook string, first *int) ([]*generated.Delivery, error) {
	n := defaultDeliveries
	if first != nil {
		n = *first
	}
	if n < 1 || n > db.MaxDeliveries {
		return nil, &apiError{Code: BadUserInput, Field: "first", Message: "Ask for 1 to 100 deliveries."}
	}
	list, err := r.db.Deliveries(ctx, t.Key, parseID(webhook), n)
	return mapList(list, deliveryOf), err
}

func webhookOf(w *db.Webhook) *generated.Webhook {
	return &generated.Webhook{
		ID: w.ID.String(), URL: w.URL, Events: w.Events, CreatedAt: w.CreatedAt, LastDeliveredAt: w.LastDeliveredAt,
		Failing: w.FailingSince != nil, FailingSince: w.FailingSince,
	}
}

func deliveryOf(v *db.Delivery) *generated.Delivery {
	return &generated.Delivery{ID: v.ID.String(), Event: v.Event, At: v.At, Status: v.Status, Attempts: v.Attempts, NextAt: v.NextAt}
}

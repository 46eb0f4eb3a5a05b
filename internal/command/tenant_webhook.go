package command

import (
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/webhook"
)

type tenantWebhook struct {
	Add        webhookAdd        `cmd:"" help:"Add a webhook, and print it as JSON. Its secret (whsec_…) is printed only once."`
	List       webhookList       `cmd:"" help:"Print the webhooks as JSON, without their secrets."`
	Rotate     webhookRotate     `cmd:"" help:"Replace a webhook's secret, and print the new one as JSON. It is printed only once. For 24 hours, both secrets sign."`
	Remove     webhookRemove     `cmd:"" help:"Remove a webhook with its deliveries."`
	Deliveries webhookDeliveries `cmd:"" help:"Print the newest deliveries to a webhook as JSON."`
	Again      webhookAgain      `cmd:"" help:"Send a delivery again, and print it as JSON."`
}

// A printedWebhook holds the fields of a webhook that operators see.
type printedWebhook struct {
	ID              uuid.UUID  `json:"id"`
	URL             string     `json:"url"`
	Events          []string   `json:"events"`
	CreatedAt       time.Time  `json:"createdAt"`
	LastDeliveredAt *time.Time `json:"lastDeliveredAt"`
	FailingSince    *time.Time `json:"failingSince"`
	Secret          string     `json:"secret,omitempty"`
}

func printWebhook(w *db.Webhook, secret string) printedWebhook {
	return printedWebhook{w.ID, w.URL, w.Events, w.CreatedAt, w.LastDeliveredAt, w.FailingSince, secret}
}

type webhookAdd struct {
	tenantArgument
	URL   string   `arg:"" help:"URL of the tenant's backend, at https."`
	Event []string `help:"Event to send, like identity.linked. Can be repeated. Default: all." placeholder:"EVENT"`
}

// Run adds a webhook.
func (c *webhookAdd) Run(e *environment, d *db.DB) error {
	if err := webhook.CheckURL(c.URL, false); err != nil {
		return err
	}
	events := c.Event
	if len(events) == 0 {
		events = db.WebhookEvents
	}
	w, secret, err := d.AddWebhook(e.ctx, db.Operator(c.Key), c.URL, events)
	if err != nil {
		return err
	}
	return e.print(printWebhook(w, secret), nil)
}

type webhookList struct {
	tenantArgument
}

// Run lists a tenant's webhooks.
func (c *webhookList) Run(e *environment, d *db.DB) error {
	if _, err := d.Tenant(e.ctx, c.Key); err != nil {
		return err
	}
	list, err := d.Webhooks(e.ctx, c.Key)
	printed := make([]printedWebhook, len(list))
	for i, w := range list {
		printed[i] = printWebhook(w, "")
	}
	return e.print(printed, err)
}

// A webhookArgument holds the arguments of a command for one webhook.
type webhookArgument struct {
	tenantArgument
	ID uuid.UUID `arg:"" help:"Webhook's id."`
}

type webhookRotate struct {
	webhookArgument
}

// Run replaces a webhook's secret.
func (c *webhookRotate) Run(e *environment, d *db.DB) error {
	w, secret, err := d.RotateWebhookSecret(e.ctx, db.Operator(c.Key), c.ID)
	if err != nil {
		return err
	}
	return e.print(printWebhook(w, secret), nil)
}

type webhookRemove struct {
	webhookArgument
}

// Run removes a webhook.
func (c *webhookRemove) Run(e *environment, d *db.DB) error {
	return e.print(map[string]uuid.UUID{"id": c.ID}, d.RemoveWebhook(e.ctx, db.Operator(c.Key), c.ID))
}

// A printedDelivery holds the fields of a delivery that operators see.
type printedDelivery struct {
	ID       uuid.UUID  `json:"id"`
	Event    string     `json:"event"`
	At       time.Time  `json:"at"`
	Status   *int       `json:"status"`
	Attempts int        `json:"attempts"`
	NextAt   *time.Time `json:"nextAt"`
}

type webhookDeliveries struct {
	webhookArgument
	Limit int `default:"50" help:"Number of deliveries, at most 100."`
}

// Run lists the newest deliveries to a webhook.
func (c *webhookDeliveries) Run(e *environment, d *db.DB) error {
	list, err := d.Deliveries(e.ctx, c.Key, c.ID, c.Limit)
	printed := make([]printedDelivery, len(list))
	for i, v := range list {
		printed[i] = printedDelivery(*v)
	}
	return e.print(printed, err)
}

type webhookAgain struct {
	tenantArgument
	ID uuid.UUID `arg:"" help:"Delivery's id."`
}

// Run sends a delivery again.
func (c *webhookAgain) Run(e *environment, d *db.DB) error {
	v, err := d.Redeliver(e.ctx, db.Operator(c.Key), c.ID)
	if err != nil {
		return err
	}
	return e.print(printedDelivery(*v), nil)
}

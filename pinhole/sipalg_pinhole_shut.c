// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_pinhole_shut: pinholes that are shut.  See sipalg_pinhole_shut.h.
 */
#include <linux/slab.h>

#include "sipalg_compat.h"
#include "sipalg_pinhole_shut.h"

static void queue_work_in(struct sipalg_shut_list *list, unsigned long delay)
{
	queue_delayed_work(system_power_efficient_wq, &list->work, delay);
}

bool sipalg_shut_add(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	struct sipalg_shut_list *list = sn->shut;
	bool is_first, is_in;

	lockdep_assert_held(&pin->lock);
	spin_lock_bh(&list->lock);
	is_first = !list->n;
	is_in = list->n < SIPALG_SHUT_MAX;
	if (is_in) {
		list_add_tail(&pin->shut, &list->waiting);
		WRITE_ONCE(list->n, list->n + 1);
	}
	spin_unlock_bh(&list->lock);
	if (is_first)
		queue_work_in(list, READ_ONCE(list->delay));
	return is_in;
}

static struct sipalg_pinhole *take_first(struct sipalg_shut_list *list)
{
	struct sipalg_pinhole *pin;

	spin_lock_bh(&list->lock);
	pin = list_first_entry_or_null(&list->waiting, struct sipalg_pinhole, shut);
	if (pin) {
		list_del(&pin->shut);
		WRITE_ONCE(list->n, list->n - 1);
	}
	spin_unlock_bh(&list->lock);
	return pin;
}

bool sipalg_shut_drain(struct sipalg_net *sn)
{
	struct sipalg_pinhole *pin;
	u32 n;

	if (!READ_ONCE(sn->shut->n))
		return false;
	/* other CPUs may add more meanwhile: their callers, or the work, end those */
	for (n = 0; n < SIPALG_SHUT_MAX; n++) {
		pin = take_first(sn->shut);
		if (!pin)
			break;
		sipalg_pinhole_bury(sn, pin);
	}
	return n;
}
SIPALG_EXPORT_TEST(sipalg_shut_drain);

/* It never runs longer than for one full list, and comes again where more has come meanwhile. */
static void shut_work(struct work_struct *work)
{
	struct sipalg_shut_list *list = container_of(to_delayed_work(work),
						     struct sipalg_shut_list, work);
	struct sipalg_pinhole *pin;
	u32 n;

	for (n = 0; n < SIPALG_SHUT_MAX; n++) {
		pin = take_first(list);
		if (!pin)
			return;
		sipalg_pinhole_bury(list->sn, pin);
		cond_resched();
	}
	/* the next one may have come while others waited, so nobody has queued this */
	queue_work_in(list, 1);
}

int sipalg_shut_setup(struct sipalg_net *sn)
{
	struct sipalg_shut_list *list = kzalloc(sizeof(*list), GFP_KERNEL_ACCOUNT);

	if (!list)
		return -ENOMEM;
	list->sn = sn;
	spin_lock_init(&list->lock);
	INIT_LIST_HEAD(&list->waiting);
	list->delay = msecs_to_jiffies(SIPALG_SHUT_MS);
	INIT_DELAYED_WORK(&list->work, shut_work);
	sn->shut = list;
	return 0;
}

void sipalg_shut_teardown(struct sipalg_net *sn)
{
	cancel_delayed_work_sync(&sn->shut->work);
	sipalg_shut_drain(sn);
	WARN_ON_ONCE(sn->shut->n);
	kfree(sn->shut);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Which addresses are one station's, by a neighbour table whose entries the cases make
 * (SECURITY P1, second_address=neighbour).
 */
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <net/ndisc.h>
#include <net/neighbour.h>

#include "sipalg_inet.h"
#include "sipalg_neighbour.h"
#include "sipalg_lab.h"

#define STATION	"\x02\x00\x00\x00\x00\x01"
#define OTHER	"\x02\x00\x00\x00\x00\x02"

static netdev_tx_t no_xmit(struct sk_buff *skb, struct net_device *dev)
{
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops no_ops = { .ndo_start_xmit = no_xmit };

static int link_init(struct kunit *test)
{
	struct net_device *dev = alloc_netdev(0, "sipalg%d", NET_NAME_UNKNOWN, ether_setup);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->netdev_ops = &no_ops;
	if (register_netdev(dev)) {
		free_netdev(dev);
		KUNIT_FAIL(test, "no device");
		return -ENODEV;
	}
	test->priv = dev;
	return 0;
}

static void link_exit(struct kunit *test)
{
	struct net_device *dev = test->priv;

	if (!dev)
		return;
	unregister_netdev(dev);
	free_netdev(dev);
}

static struct sip_addr addr_of(const char *text)
{
	struct sip_addr addr;

	sip_addr_parse(&addr, text, strlen(text));
	return addr;
}

/* What neighbour discovery has found out, or has to forget. */
static void found(struct kunit *test, const char *text, const char *station, u8 state,
		  bool is_router)
{
	struct sip_addr addr = addr_of(text);
	union nf_inet_addr inet = sipalg_inet_of_addr(&addr);
	struct neighbour *n = neigh_create(&nd_tbl, &inet.in6, test->priv);
	u32 flags = NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN |
		    NEIGH_UPDATE_F_OVERRIDE_ISROUTER;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, n);
	if (is_router)
		flags |= NEIGH_UPDATE_F_ISROUTER;
	KUNIT_EXPECT_EQ(test, neigh_update(n, station, state, flags, 0), 0);
	neigh_release(n);
}

static bool is_one(struct kunit *test, const char *a, const char *b)
{
	struct sip_addr first = addr_of(a), second = addr_of(b);
	bool is;

	rcu_read_lock();
	is = sipalg_neighbour_is_one(test->priv, &first, &second);
	KUNIT_EXPECT_EQ(test, is, sipalg_neighbour_is_one(test->priv, &second, &first));
	rcu_read_unlock();
	return is;
}

static void second_address_of_a_station(struct kunit *test)
{
	found(test, "fd00:1::2", STATION, NUD_REACHABLE, false);
	found(test, "fd00:1::22", STATION, NUD_REACHABLE, false);
	found(test, "2001:db8::5", STATION, NUD_STALE, false);
	found(test, "fd00:1::7", STATION, NUD_PERMANENT, false);
	KUNIT_EXPECT_TRUE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	KUNIT_EXPECT_TRUE(test, is_one(test, "fd00:1::2", "2001:db8::5"));
	KUNIT_EXPECT_TRUE(test, is_one(test, "fd00:1::2", "fd00:1::7"));
}

static void another_station(struct kunit *test)
{
	found(test, "fd00:1::2", STATION, NUD_REACHABLE, false);
	found(test, "fd00:1::3", OTHER, NUD_REACHABLE, false);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::3"));
	/* it moves */
	found(test, "fd00:1::3", STATION, NUD_REACHABLE, false);
	KUNIT_EXPECT_TRUE(test, is_one(test, "fd00:1::2", "fd00:1::3"));
}

static void addresses_that_nobody_knows(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	found(test, "fd00:1::2", STATION, NUD_REACHABLE, false);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	/* asked for, and nobody has answered */
	found(test, "fd00:1::22", NULL, NUD_INCOMPLETE, false);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	found(test, "fd00:1::22", STATION, NUD_REACHABLE, false);
	KUNIT_EXPECT_TRUE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	found(test, "fd00:1::22", NULL, NUD_FAILED, false);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
}

/* It may answer for others, and what is for them goes to it. */
static void address_of_a_router(struct kunit *test)
{
	found(test, "fd00:1::2", STATION, NUD_REACHABLE, false);
	found(test, "fd00:1::33", STATION, NUD_REACHABLE, true);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::33"));
	found(test, "fd00:1::2", STATION, NUD_REACHABLE, true);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::33"));
	found(test, "fd00:1::33", STATION, NUD_REACHABLE, false);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::33"));
}

static void links_without_stations(struct kunit *test)
{
	struct net_device *dev = test->priv;

	found(test, "fd00:1::2", STATION, NUD_REACHABLE, false);
	found(test, "fd00:1::22", STATION, NUD_NOARP, false);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	found(test, "fd00:1::22", STATION, NUD_REACHABLE, false);
	KUNIT_EXPECT_TRUE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	dev->flags |= IFF_NOARP;
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	dev->flags &= ~IFF_NOARP;
	dev->addr_len = 0;
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "fd00:1::22"));
	dev->addr_len = ETH_ALEN;
}

static void addresses_of_ipv4(struct kunit *test)
{
	found(test, "fd00:1::2", STATION, NUD_REACHABLE, false);
	KUNIT_EXPECT_FALSE(test, is_one(test, "fd00:1::2", "192.168.1.2"));
	KUNIT_EXPECT_FALSE(test, is_one(test, "192.168.1.2", "192.168.1.2"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(second_address_of_a_station),
	KUNIT_CASE(another_station),
	KUNIT_CASE(addresses_that_nobody_knows),
	KUNIT_CASE(address_of_a_router),
	KUNIT_CASE(links_without_stations),
	KUNIT_CASE(addresses_of_ipv4),
	{}
};

struct kunit_suite sipalg_neighbour_suite = {
	.name = "sipalg_neighbour",
	.init = link_init,
	.exit = link_exit,
	.test_cases = cases,
};

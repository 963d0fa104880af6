// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_settings: the settings as sysctls and module parameters.  The list is in
 * sipalg_settings.h.
 *
 * Every type of value has one reader and one writer of text, which sysctls and parameters share.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack_expect.h>

#include "sip_parse.h"
#include "sipalg_compat.h"
#include "sipalg_net.h"

enum { SETTING_TEXT_MAX = 4096 };

struct setting;

/*
 * @read makes a value from text, and returns 0 or -EINVAL.  @show makes text from a value, and
 * returns its length, at most SETTING_TEXT_MAX bytes.
 */
struct setting_type {
	int (*read)(const struct setting *s, char *text, void *value);
	int (*show)(const void *value, char *text);
};

struct setting {
	const char *name;
	const struct setting_type *type;
	const char *def;
	u32 offset;
	u32 min;
	u32 max;
	bool zero;
};

static int read_number(const struct setting *s, const char *text, u32 *value)
{
	u32 n;

	if (kstrtou32(text, 10, &n))
		return -EINVAL;
	if ((n < s->min || n > s->max) && !(s->zero && !n))
		return -EINVAL;
	*value = n;
	return 0;
}

static int number_read(const struct setting *s, char *text, void *value)
{
	return read_number(s, text, value);
}

static int number_show(const void *value, char *text)
{
	return scnprintf(text, SETTING_TEXT_MAX, "%u", *(const u32 *)value);
}

static const struct setting_type number_type = { number_read, number_show };

static const char * const media_source_words[] = { "any", "announced", "signalling" };
static const char * const signalling_source_words[] = { "registrar", "learned", "any" };
static const char * const second_address_words[] = { "off", "neighbour", "prefix" };

static int read_word(const char * const *words, int n, const char *text, u32 *value)
{
	int i = match_string(words, n, text);

	if (i < 0)
		return -EINVAL;
	*value = i;
	return 0;
}

static int media_source_read(const struct setting *s, char *text, void *value)
{
	return read_word(media_source_words, ARRAY_SIZE(media_source_words), text, value);
}

static int media_source_show(const void *value, char *text)
{
	return scnprintf(text, SETTING_TEXT_MAX, "%s", media_source_words[*(const u32 *)value]);
}

static const struct setting_type media_source_type = { media_source_read, media_source_show };

static int signalling_source_read(const struct setting *s, char *text, void *value)
{
	return read_word(signalling_source_words, ARRAY_SIZE(signalling_source_words), text,
			 value);
}

static int signalling_source_show(const void *value, char *text)
{
	return scnprintf(text, SETTING_TEXT_MAX, "%s",
			 signalling_source_words[*(const u32 *)value]);
}

static const struct setting_type signalling_source_type = {
	signalling_source_read, signalling_source_show
};

static int second_address_read(const struct setting *s, char *text, void *value)
{
	return read_word(second_address_words, ARRAY_SIZE(second_address_words), text, value);
}

static int second_address_show(const void *value, char *text)
{
	return scnprintf(text, SETTING_TEXT_MAX, "%s", second_address_words[*(const u32 *)value]);
}

static const struct setting_type second_address_type = {
	second_address_read, second_address_show
};

/* "RATE BURST", in packets a second and packets; "0" switches the limit off */
static int rate_read(const struct setting *s, char *text, void *value)
{
	struct sipalg_rate *rate = value;
	char *burst = strpbrk(text, " \t");

	if (!burst) {
		rate->burst = 0;
		return read_number(s, text, &rate->rate) || rate->rate ? -EINVAL : 0;
	}
	*burst++ = '\0';
	return read_number(s, text, &rate->rate) ||
	       read_number(s, skip_spaces(burst), &rate->burst) ? -EINVAL : 0;
}

static int rate_show(const void *value, char *text)
{
	const struct sipalg_rate *rate = value;

	return scnprintf(text, SETTING_TEXT_MAX, "%u %u", rate->rate, rate->burst);
}

static const struct setting_type rate_type = { rate_read, rate_show };

static int ports_read(const struct setting *s, char *text, void *value)
{
	struct sipalg_ports *ports = value;
	char *word;
	u32 n;

	ports->n = 0;
	while ((word = strsep(&text, ","))) {
		if (ports->n == SIPALG_MAX_PORTS || read_number(s, strim(word), &n))
			return -EINVAL;
		ports->port[ports->n++] = n;
	}
	return 0;
}

static int ports_show(const void *value, char *text)
{
	const struct sipalg_ports *ports = value;
	int i, len = 0;

	for (i = 0; i < ports->n; i++)
		len += scnprintf(text + len, SETTING_TEXT_MAX - len, i ? ",%u" : "%u",
				 ports->port[i]);
	return len;
}

static const struct setting_type ports_type = { ports_read, ports_show };

/* port ["-" port] */
static int read_range(const struct setting *s, char *text, struct sipalg_range *range)
{
	char *high = strchr(text, '-');
	u32 from, to;

	if (high)
		*high++ = '\0';
	if (read_number(s, strim(text), &from) ||
	    read_number(s, high ? skip_spaces(high) : text, &to) || to < from)
		return -EINVAL;
	*range = (struct sipalg_range){ from, to };
	return 0;
}

static int range_read(const struct setting *s, char *text, void *value)
{
	struct sipalg_range *range = value;

	*range = (struct sipalg_range){};
	return *text ? read_range(s, text, range) : 0;
}

static int ranges_read(const struct setting *s, char *text, void *value)
{
	struct sipalg_ranges *ranges = value;
	char *word;

	ranges->n = 0;
	if (!*text)
		return 0;
	while ((word = strsep(&text, ","))) {
		if (ranges->n == SIPALG_MAX_RANGES ||
		    read_range(s, strim(word), &ranges->range[ranges->n]))
			return -EINVAL;
		ranges->n++;
	}
	return 0;
}

static int show_range(const struct sipalg_range *range, char *text, int size)
{
	if (range->low == range->high)
		return scnprintf(text, size, "%u", range->low);
	return scnprintf(text, size, "%u-%u", range->low, range->high);
}

static int range_show(const void *value, char *text)
{
	const struct sipalg_range *range = value;

	return range->low ? show_range(range, text, SETTING_TEXT_MAX) : 0;
}

static const struct setting_type range_type = { range_read, range_show };

static int ranges_show(const void *value, char *text)
{
	const struct sipalg_ranges *ranges = value;
	int i, len = 0;

	for (i = 0; i < ranges->n; i++) {
		if (i)
			text[len++] = ',';
		len += show_range(&ranges->range[i], text + len, SETTING_TEXT_MAX - len);
	}
	return len;
}

static const struct setting_type ranges_type = { ranges_read, ranges_show };

bool sipalg_ranges_have(const struct sipalg_ranges *ranges, u16 port)
{
	u32 i;

	for (i = 0; i < ranges->n; i++)
		if (port >= ranges->range[i].low && port <= ranges->range[i].high)
			return true;
	return false;
}

/* telephone numbers: digits, '*', '#' and '+' */
static int numbers_read(const struct setting *s, char *text, void *value)
{
	struct sipalg_numbers *numbers = value;
	char *word;

	numbers->n = 0;
	if (!*text)
		return 0;
	while ((word = strsep(&text, ","))) {
		word = strim(word);
		if (numbers->n == SIPALG_MAX_NUMBERS || !*word ||
		    strspn(word, "0123456789*#+") != strlen(word) ||
		    strscpy(numbers->number[numbers->n], word, SIPALG_MAX_NUMBER_LEN) < 0)
			return -EINVAL;
		numbers->n++;
	}
	return 0;
}

static int numbers_show(const void *value, char *text)
{
	const struct sipalg_numbers *numbers = value;
	int i, len = 0;

	for (i = 0; i < numbers->n; i++)
		len += scnprintf(text + len, SETTING_TEXT_MAX - len, i ? ",%s" : "%s",
				 numbers->number[i]);
	return len;
}

static const struct setting_type numbers_type = { numbers_read, numbers_show };

/* address ["/" length] */
static int prefix_read(char *text, struct sipalg_prefix *prefix)
{
	char *len = strchr(text, '/');
	u32 bits;

	if (len)
		*len++ = '\0';
	if (!sip_addr_parse(&prefix->addr, text, strlen(text)))
		return -EINVAL;
	bits = prefix->addr.family == SIP_FAMILY_IPV4 ? 32 : 128;
	prefix->len = bits;
	if (!len)
		return 0;
	return kstrtou8(len, 10, &prefix->len) || prefix->len > bits ? -EINVAL : 0;
}

static int prefixes_read(const struct setting *s, char *text, void *value)
{
	struct sipalg_prefixes *prefixes = value;
	char *word;

	prefixes->n = 0;
	if (!*text)
		return 0;
	while ((word = strsep(&text, ","))) {
		if (prefixes->n == SIPALG_MAX_PREFIXES ||
		    prefix_read(strim(word), &prefixes->prefix[prefixes->n]))
			return -EINVAL;
		prefixes->n++;
	}
	return 0;
}

static int prefixes_show(const void *value, char *text)
{
	const struct sipalg_prefixes *prefixes = value;
	char buf[SIP_ADDR_TEXT_MAX];
	int i, n, len = 0;

	for (i = 0; i < prefixes->n; i++) {
		n = sip_addr_write(&prefixes->prefix[i].addr, buf, false);
		len += scnprintf(text + len, SETTING_TEXT_MAX - len, "%s%.*s/%u", i ? "," : "",
				 n, buf, prefixes->prefix[i].len);
	}
	return len;
}

static const struct setting_type prefixes_type = { prefixes_read, prefixes_show };

static bool prefix_has(const struct sipalg_prefix *prefix, const struct sip_addr *addr)
{
	u32 i, bits;

	if (prefix->addr.family != addr->family)
		return false;
	for (i = 0, bits = prefix->len; bits; i++) {
		u32 n = min(bits, 32U);
		__be32 diff = (__force __be32)(prefix->addr.w[i] ^ addr->w[i]);

		if (ntohl(diff) >> (32 - n))
			return false;
		bits -= n;
	}
	return true;
}

bool sipalg_prefixes_have(const struct sipalg_prefixes *prefixes, const struct sip_addr *addr)
{
	u32 i;

	for (i = 0; i < prefixes->n; i++)
		if (prefix_has(&prefixes->prefix[i], addr))
			return true;
	return false;
}
SIPALG_EXPORT_TEST(sipalg_prefixes_have);

struct sip_addr sipalg_prefix_of(const struct sip_addr *addr, u8 len)
{
	u32 i, n, bits = addr->family == SIP_FAMILY_IPV6 ? len : 128;
	struct sip_addr host = *addr;

	for (i = 0; i < ARRAY_SIZE(host.w); i++, bits -= n) {
		n = min(bits, 32U);
		host.w[i] &= n ? (__force u32)htonl(~0U << (32 - n)) : 0;
	}
	return host;
}
SIPALG_EXPORT_TEST(sipalg_prefix_of);

/* 64:ff9b::/96 */
static bool is_nat64(const struct sip_addr *addr)
{
	return addr->w[0] == (__force u32)htonl(0x0064ff9b) && !addr->w[1] && !addr->w[2];
}

u8 sipalg_host_len(const struct sipalg_net *sn, const struct sip_addr *addr)
{
	if (addr->family != SIP_FAMILY_IPV6 || is_nat64(addr))
		return 128;
	return sipalg_settings_of(sn)->host_prefix6;
}
SIPALG_EXPORT_TEST(sipalg_host_len);

static const struct setting settings[] = {
#define X(_name, kind, _def, _min, _max, _zero, _text) {	\
	.name = #_name, .type = &kind##_type, .def = _def,	\
	.offset = offsetof(struct sipalg_settings, _name),	\
	.min = _min, .max = _max, .zero = _zero },
	SIPALG_SETTINGS(X)
#undef X
};

/* ---- module parameters: the values that a new namespace begins with --------------- */

static struct sipalg_settings defaults;
static DEFINE_MUTEX(defaults_lock);
static bool defaults_are_set;

/* The kernel sets parameters before sipalg_init(), so the first of them fills in the rest. */
static int defaults_fill(void)
{
	char text[64];
	int i, err;

	lockdep_assert_held(&defaults_lock);
	if (defaults_are_set)
		return 0;
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		strscpy(text, settings[i].def, sizeof(text));
		err = settings[i].type->read(&settings[i], text,
					     (void *)&defaults + settings[i].offset);
		if (err)
			return err;
	}
	defaults_are_set = true;
	return 0;
}

/* Reads @text as the value of a setting into @all; on error @all is unchanged. */
static int setting_apply(const struct setting *s, const char *text, struct sipalg_settings *all)
{
	struct sipalg_settings *try;
	char *copy;
	int err = -ENOMEM;

	copy = kstrndup(text, SETTING_TEXT_MAX, GFP_KERNEL);
	try = kmemdup(all, sizeof(*all), GFP_KERNEL);
	if (copy && try)
		err = s->type->read(s, strim(copy), (void *)try + s->offset);
	if (!err)
		memcpy(all, try, sizeof(*all));
	kfree(try);
	kfree(copy);
	return err;
}

static int param_set_setting(const char *text, const struct kernel_param *kp)
{
	int err;

	mutex_lock(&defaults_lock);
	err = defaults_fill();
	if (!err)
		err = setting_apply(kp->arg, text, &defaults);
	mutex_unlock(&defaults_lock);
	return err;
}

static int param_get_setting(char *buffer, const struct kernel_param *kp)
{
	const struct setting *s = kp->arg;
	int len;

	mutex_lock(&defaults_lock);
	len = s->type->show((void *)&defaults + s->offset, buffer);
	mutex_unlock(&defaults_lock);
	if (len > SETTING_TEXT_MAX - 2)
		len = SETTING_TEXT_MAX - 2;
	buffer[len++] = '\n';
	return len;
}

static const struct kernel_param_ops setting_param_ops = {
	.set = param_set_setting,
	.get = param_get_setting,
};

/* the index of each setting in settings[] */
enum {
#define X(name, type, def, min, max, zero, text) SETTING_##name,
	SIPALG_SETTINGS(X)
#undef X
};

#define X(name, type, def, min, max, zero, text)					\
	module_param_cb(name, &setting_param_ops, (void *)&settings[SETTING_##name], 0644); \
	MODULE_PARM_DESC(name, text " (" def ")");
SIPALG_SETTINGS(X)
#undef X

/* ---- sysctls --------------------------------------------------------------------- */

static int (*attach)(struct sipalg_net *sn, bool on);

void sipalg_set_attach(int (*fn)(struct sipalg_net *sn, bool on))
{
	attach = fn;
}

static int attach_as_set(struct sipalg_net *sn, const struct sipalg_settings *all)
{
	int err;

	lockdep_assert_held(&sn->settings_lock);
	if (!attach || sn->is_attached == !!all->auto_attach)
		return 0;
	err = attach(sn, all->auto_attach);
	if (!err)
		sn->is_attached = all->auto_attach;
	return err;
}

/* Whether a setting limits the memory that a namespace may take. */
static bool is_maximum(const struct setting *s)
{
	static const u8 maxima[] = {
		SETTING_calls_max, SETTING_bindings_max, SETTING_pinholes_max,
		SETTING_pinholes_per_call, SETTING_calls_per_host, SETTING_bindings_per_host,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(maxima); i++)
		if (s == &settings[maxima[i]])
			return true;
	return false;
}

/*
 * SECURITY B10: the root of a foreign namespace may lower a maximum, but may not raise it over the
 * value that the root of the machine has set for new namespaces.  0 is no limit.
 */
static bool is_over_default(const struct sipalg_net *sn, const struct setting *s,
			    const struct sipalg_settings *new)
{
	u32 value = *(const u32 *)((const void *)new + s->offset), def;

	if (!sn->is_foreign || !is_maximum(s) || capable(CAP_NET_ADMIN))
		return false;
	mutex_lock(&defaults_lock);
	def = *(const u32 *)((const void *)&defaults + s->offset);
	mutex_unlock(&defaults_lock);
	if (s == &settings[SETTING_pinholes_max]) {	/* 0 is a limit here: see pinholes_max() */
		value = value ?: 3 * nf_ct_expect_hsize;
		def = def ?: 3 * nf_ct_expect_hsize;
	}
	return def && (!value || value > def);
}

static int setting_write(struct sipalg_net *sn, const struct setting *s, const char *text)
{
	struct sipalg_settings *old, *new;
	int err;

	mutex_lock(&sn->settings_lock);
	old = rcu_dereference_protected(sn->settings, lockdep_is_held(&sn->settings_lock));
	new = kmemdup(old, sizeof(*old), GFP_KERNEL_ACCOUNT);
	if (new)
		new->version++;
	err = new ? setting_apply(s, text, new) : -ENOMEM;
	if (!err && is_over_default(sn, s, new))
		err = -EPERM;
	if (!err)
		err = attach_as_set(sn, new);
	if (err) {
		kfree(new);
	} else {
		rcu_assign_pointer(sn->settings, new);
		kfree_rcu(old, rcu);
	}
	mutex_unlock(&sn->settings_lock);
	return err;
}

static int setting_handler(SIPALG_CTL_TABLE *table, int write, void *buffer, size_t *lenp,
			   loff_t *ppos)
{
	const struct setting *s = table->extra1;
	struct sipalg_net *sn = table->data;
	struct ctl_table text = { .maxlen = SETTING_TEXT_MAX };
	int err;

	/* SECURITY A3: the mode of the file alone would admit a root without capabilities */
	if (write && !ns_capable(sn->net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (write && (*ppos || !*lenp))	/* a value must come in one write */
		return *lenp ? -EINVAL : 0;
	text.data = kzalloc(SETTING_TEXT_MAX, GFP_KERNEL);
	if (!text.data)
		return -ENOMEM;
	if (!write) {
		rcu_read_lock();
		s->type->show((void *)sipalg_settings_of(sn) + s->offset, text.data);
		rcu_read_unlock();
	}
	err = proc_dostring(&text, write, buffer, lenp, ppos);
	if (!err && write)
		err = setting_write(sn, s, text.data);
	kfree(text.data);
	return err;
}

static int sysctl_setup(struct sipalg_net *sn)
{
	struct ctl_table *table;
	int i;

	if (!SIPALG_HAS_SYSCTL)	/* SECURITY B11: the parameters still work */
		return 0;
	/* the last entry is zero, see sipalg_sysctl_register() */
	table = kcalloc(ARRAY_SIZE(settings) + 1, sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		table[i].procname = settings[i].name;
		table[i].mode = 0644;
		table[i].proc_handler = setting_handler;
		table[i].data = sn;
		table[i].extra1 = (void *)&settings[i];
	}
	sn->sysctl_table = table;
	sn->sysctl = sipalg_sysctl_register(sn->net, "net/netfilter/sipalg", table,
					    ARRAY_SIZE(settings));
	if (sn->sysctl)
		return 0;
	kfree(table);
	return -ENOMEM;
}

static void sysctl_teardown(struct sipalg_net *sn)
{
	if (sn->sysctl)
		unregister_net_sysctl_table(sn->sysctl);
	kfree(sn->sysctl_table);
}

int sipalg_settings_setup(struct sipalg_net *sn)
{
	struct sipalg_settings *all = NULL;
	int err;

	mutex_lock(&defaults_lock);
	err = defaults_fill();
	if (!err) {
		all = kmemdup(&defaults, sizeof(defaults), GFP_KERNEL_ACCOUNT);
		err = all ? 0 : -ENOMEM;
	}
	mutex_unlock(&defaults_lock);
	RCU_INIT_POINTER(sn->settings, all);
	return err;
}

int sipalg_settings_start(struct sipalg_net *sn)
{
	int err;

	err = sysctl_setup(sn);
	if (err)
		return err;
	mutex_lock(&sn->settings_lock);
	err = attach_as_set(sn, rcu_dereference_protected(sn->settings, true));
	mutex_unlock(&sn->settings_lock);
	if (err)
		sysctl_teardown(sn);
	return err;
}

void sipalg_settings_stop(struct sipalg_net *sn)
{
	sysctl_teardown(sn);
	mutex_lock(&sn->settings_lock);
	if (sn->is_attached)
		attach(sn, false);
	sn->is_attached = false;
	mutex_unlock(&sn->settings_lock);
}

void sipalg_settings_teardown(struct sipalg_net *sn)
{
	kfree(rcu_dereference_protected(sn->settings, true));
}

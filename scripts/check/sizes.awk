# SPDX-License-Identifier: GPL-2.0
# sizes.awk - the style budgets: functions, parameters, files. usage: awk -f sizes.awk FILE...
#
# Finds functions of more than 60 lines between their braces or with more than 5
# parameters, and files of more than 700 lines, tests and tools of more than 1200. A last line that begins with #
# sums up.
# Relies on kernel style: a function's braces stand in the first column.
function finding(line, text) { print FILENAME ":" line ": " text }

function params(sig,    i, c, depth, n, inside) {
	n = 1
	for (i = index(sig, "("); i <= length(sig); i++) {
		c = substr(sig, i, 1)
		if (c == "(")
			depth++
		else if (c == ")" && --depth == 0)
			break
		else if (c == "," && depth == 1)
			n++
		if (depth && c != "(")
			inside = inside c
	}
	gsub(/[ \t]/, "", inside)
	return inside == "" || inside == "void" ? 0 : n
}

function end_of_file() {
	most = file ~ /(^|\/)(kunit|scripts)\// ? 1200 : 700
	if (last > most)
		print file ":" last ": " file " has " last " lines, over " most
}

FNR == 1 { end_of_file(); file = FILENAME; sig = ""; body = 0 }
{ last = FNR }

/^[A-Za-z_].*\(/ && !body { sig = $0; if (/;[ \t]*$/) sig = ""; next }
/^[ \t]/ && sig != "" && !body { sig = sig $0; if (/;[ \t]*$/) sig = ""; next }

/^\{/ && sig != "" {
	body = FNR
	name = sig
	sub(/\(.*/, "", name)
	sub(/.*[ \t*]/, "", name)
	n = params(sig)
	if (n > 5)
		finding(FNR, name "() has " n " parameters, over 5")
	all_params += n
	next
}

/^\}/ && body {
	lines = FNR - body - 1
	if (lines > 60)
		finding(body, name "() has " lines " lines, over 60")
	count[lines]++
	functions++
	sig = ""
	body = 0
}

!/^[ \t]/ && !body { sig = "" }

END {
	end_of_file()
	for (i = 0; i < 10000 && functions; i++) {
		seen += count[i]
		if (!median && seen >= functions / 2)
			median = i
		if (!p90 && seen >= functions * 0.9)
			p90 = i
		if (count[i])
			longest = i
	}
	if (functions)
		printf "# %d functions: median %d lines, nine of ten up to %d, longest %d; %.1f parameters\n",
			functions, median, p90, longest, all_params / functions
}

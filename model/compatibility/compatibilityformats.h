// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemachange.h"

/// A schema check for machines that show findings: code scanning, test reports, pull requests.
namespace spillway {

/// SARIF 2.1.0: a rule per kind of change, a result per change that breaks, is undecided, or is waived (as suppressed),
/// and a notification per issue of a file. File names become URIs relative to where the check ran.
[[nodiscard]] QByteArray compatibilityAsSarif(const CompatibilityReport& report);

/// JUnit XML: a suite per event, a case per version pair; it fails with its breaking changes, and errs with a file that
/// does not read.
[[nodiscard]] QByteArray compatibilityAsJUnit(const CompatibilityReport& report);

/// GitHub's workflow commands, `::error file=…,line=…::…`, one a line.
[[nodiscard]] QByteArray compatibilityAsAnnotations(const CompatibilityReport& report);

} // namespace spillway

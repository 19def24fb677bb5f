// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commandline.h"
#include "app/ctl/session.h"
#include "model/deadletter/query.h"

/// One function a command; each prints its data and returns the exit code.
namespace spillway::ctl {

/// Whether the command prints a PDF.
[[nodiscard]] bool printsPaper(const Command& command);
[[nodiscard]] bool printsPaper(const Cost& command);

/// What the demo company needs before this command has something to show: its state begins empty.
int prepareDemo(Session& session, const Command& command);

int run(Session& session, const Demo& command);
int run(Session& session, const Init& command);
int run(Session& session, const Check& command);
int run(Session& session, const Collect& command);
int run(Session& session, const Lag& command);
int run(Session& session, const Slo& command);
int run(Session& session, const DlqGroups& command);
int run(Session& session, const DlqList& command);
int run(Session& session, const DlqShow& command);
int run(Session& session, const DlqChannels& command);
int run(Session& session, const DlqDoctor& command);
int run(Session& session, const DlqReread& command);
int run(Session& session, const DlqRescue& command);
int run(Session& session, const DlqViews& command);
int run(Session& session, const DlqViewSave& command);
int run(Session& session, const DlqOrigin& command);
int run(Session& session, const DlqDiff& command);
int run(Session& session, const DlqExport& command);
int run(Session& session, const DlqTriage& command);
int run(Session& session, const DlqPivot& command);
int run(Session& session, const DlqMerge& command);
int run(Session& session, const DlqSplit& command);
int run(Session& session, const DlqUnmerge& command);
int run(Session& session, const DlqRegroup& command);
int run(Session& session, const DlqKinds& command);
int run(Session& session, const DlqAct& command);
int run(Session& session, const DlqUndoPreview& command);
int run(Session& session, const DlqNotes& command);
int run(Session& session, const DlqHistory& command);
int run(Session& session, const DlqKnown& command);
int run(Session& session, const DlqKnownExport& command);
int run(Session& session, const DlqKnownImport& command);
int run(Session& session, const ReplayPlan& command);
int run(Session& session, const ReplayRun& command);
int run(Session& session, const ReplayResume& command);
int run(Session& session, const ReplayStatus& command);
int run(Session& session, const ReplayCancel& command);
int run(Session& session, const Cost& command);
int run(Session& session, const CostValidate& command);
int run(Session& session, const CostAnalysis& command);
int run(Session& session, const CostInvoiceImport& command);
int run(Session& session, const CostInvoices& command);
int run(Session& session, const CostInvoiceRemove& command);
int run(Session& session, const EvaluateLag& command);
int run(Session& session, const AuditVerify& command);
int run(Session& session, const AuditExport& command);
int run(Session& session, const StoreBackup& command);
int run(Session& session, const StoreRestore& command);
int run(Session& session, const StoreCheck& command);
int run(Session& session, const StorePrune& command);
int run(Session& session, const StorePurge& command);
int run(Session& session, const ReviewAgenda& command);
int run(Session& session, const ReviewOpen& command);
int run(Session& session, const ReviewDecide& command);
int run(Session& session, const ReviewClose& command);
int run(Session& session, const ReviewMinutes& command);
int run(Session& session, const ReportWeekly& command);
int run(Session& session, const CatalogLint& command);
int run(Session& session, const CatalogSearch& command);
int run(Session& session, const CatalogRules& command);
int run(Session& session, const CatalogShow& command);
int run(Session& session, const CatalogTeams& command);
int run(Session& session, const RegistryList& command);
int run(Session& session, const RegistryShow& command);
int run(Session& session, const RegistryCompare& command);
int run(Session& session, const SchemaServe& command);
int run(Session& session, const SchemaCheckCommand& command);
int run(Session& session, const NotifyPreviewCommand& command);
int run(Session& session, const NotifySend& command);
int run(Session& session, const NotifyStatus& command);
int run(Session& session, const NotifyRetry& command);
int run(Session& session, const SchemaImpact& command);
int run(Session& session, const SchemaAcknowledge& command);
int run(Session& session, const CatalogDrift& command);
int run(Session& session, const CatalogExportCommand& command);
int run(Session& session, const CatalogImportCommand& command);
int run(Session& session, const CatalogRegister& command);
int run(Session& session, const Scorecard& command);
int run(Session& session, const TrailCommand& command);
int run(Session& session, const Alerts& command);
int run(Session& session, const AlertDecisions& command);
int run(Session& session, const AlertAcknowledge& command);
int run(Session& session, const AlertSilenceCommand& command);
int run(Session& session, const AlertUndo& command);

/// Puts the query of the saved view that a command names into it, together with what was typed; for every command that
/// takes `--view`, before it runs. Another one stays as it is.
/// @return Done; else the exit code, and what is wrong has been said
[[nodiscard]] int takeView(Session& session, Command& command);

} // namespace spillway::ctl

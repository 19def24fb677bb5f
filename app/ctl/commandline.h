// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"
#include "model/catalog/registration.h"
#include "model/cost/whatif.h"
#include "model/deadletter/triageaction.h"
#include "model/replay/headercensus.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <variant>

/// The command line as values. Parsing needs no workspace and no application object.
namespace spillway::ctl {

struct GlobalOptions
{
    QString workspace;
    QString state;
    bool json = false;
    bool write = false;
    bool verbose = false;
    bool demo = false;
};

struct Demo
{
};
struct Init
{
    QString folder;
};
struct Check
{
};
struct Collect
{
    bool once = false;
    std::optional<Millis> duration; ///< neither: until stopped
};
struct Lag
{
    QString group;
};
struct Slo
{
    Millis window{24LL * 3'600'000};
    QString failOn; ///< `violated` or `atRisk`; empty: never
};
struct DlqGroups
{
    QString query;
    QString why;  ///< a group's id; empty: the list
    QString view; ///< a saved view's name; empty: none
};
struct DlqList
{
    QString query;
    QString view;
    std::optional<Millis> timeLimit; ///< nullopt: until all is looked at
    std::optional<int> limit;        ///< nullopt: all of them
};
struct DlqShow
{
    QString id;
    bool raw = false;
    bool reveal = false; ///< without masks, for `reason`
    QString reason;
};
struct DlqExport
{
    QString query;
    QString view;
    QString out;
    bool reveal = false;
    QString reason;
};
struct DlqChannels
{
};
struct DlqDoctor
{
};
struct DlqReread
{
    QString channel;
    QString connection;
};
struct DlqRescue
{
    QStringList ids;
    std::optional<QString> query;
    QString view;
};
struct DlqViews
{
};
struct DlqViewSave
{
    QString name;
    QString query;
    QString description;
    bool replaces = false;
};
struct DlqOrigin
{
    QString id;
    bool raw = false;
    bool reveal = false; ///< as DlqShow
    QString reason;
};
struct DlqDiff
{
    QString id;
    QString other; ///< a second letter; empty: with the origin, or with the last good one
    bool lastGood = false;
};
struct DlqTriage
{
    QStringList ids;
    std::optional<QString> query;
    QString view;
    QString to;
    QString reason;
    QString assignee;
};
struct DlqPivot
{
    QString by; ///< as written; the room reads it
    QString query;
    QString view;
};
struct DlqMerge
{
    QStringList groups;
    QString into;
    QString reason;
};
struct DlqSplit
{
    QStringList ids;
    std::optional<QString> query;
    QString view;
    QString title;
    QString reason;
};
struct DlqUnmerge
{
    QStringList groups;
    QString reason;
};
struct DlqRegroup
{
    bool dryRun = false;
    QString reason;
};
struct DlqKinds
{
    QString query;
    QString view;
    QString test; ///< a rules' file to try; empty: none
    bool rules = false;
};
/// Comments, tags, links, archiving, known errors, undo.
struct DlqAct
{
    TriageAction action;
    QString program; ///< `spillwayctl dlq archive`: what the holder of the state is told
    QString view;    ///< of an ArchiveAction's letters
};
struct DlqUndoPreview
{
    std::optional<std::int64_t> seq;
};
struct DlqNotes
{
    QString id;
};
struct DlqHistory
{
    QString id; ///< empty: of everything
    int limit = 100;
};
struct DlqKnown
{
    QString group; ///< empty: all
};
struct DlqKnownExport
{
    QString out; ///< .yaml, .yml or .json
};
struct DlqKnownImport
{
    QString file;
    QString reason; ///< empty: that of each entry
    bool replaces = false;
    bool dryRun = false;
};
struct ReplayPlan
{
    QString query;
    QString view;
    QString to;
    QString out;
    HeaderRequest headers{};
};
struct ReplayRun
{
    QString plan;
    QString rate; ///< this and the next three as written; the replay room reads them
    QString canary;
    QString stopIf;
    QString settle;
    QString confirm;
    QString reason;
};
struct ReplayResume
{
    QString job;
    QString confirm;
    QString reason;
};
struct ReplayStatus
{
    QString job;
};
struct ReplayCancel
{
    QString job;
};
struct Cost
{
    QString profile;
    QString from;
    QString to;
    QString timeZone;
    QString format;
    QString out;
    QString policy;
    QString idle;
    bool isModelled = false;
};
/// Questions about cost besides the bill itself.
struct CostAnalysis
{
    enum class Kind { Lines, Compare, Changes, Anomalies, Forecast, Unit, Savings, WhatIf };
    Kind kind = Kind::Lines;
    Cost cost;
    QString budget;       ///< forecast: an amount per month
    QString against;      ///< changes: an earlier catalog
    QStringList simulate; ///< savings: ids
    QString out;          ///< savings: where the change is written
    QString patch;        ///< savings: where the edits go as a patch; `-`: stdout
    bool apply = false;   ///< savings: make the edits of those simulated
    CostWhatIf whatIf;    ///< what-if
};
struct CostInvoiceImport
{
    QString file;
    QString profile;
};
struct CostInvoices
{
};
struct CostInvoiceRemove
{
    QString id;
    QString profile; ///< empty: whichever
    QString reason;
};
struct CostValidate
{
    QString file;
    QString version; ///< empty: told from its columns
};
struct CatalogLint
{
    QString format; ///< text, json or sarif; empty: by --json
    QString out;
    bool fix = false; ///< make the safe changes first
};
struct CatalogSearch
{
    QString query;
};
struct CatalogShow
{
    QString event;
    std::optional<int> version; ///< of the schema; nullopt: the newest
};
/// What each team publishes and reads.
struct CatalogTeams
{
};
struct CatalogDrift
{
    QString format;
    QString out;
    bool apply = false; ///< write what was measured first
};
struct CatalogExportCommand
{
    QString format; ///< asyncapi, eventcatalog, backstage
    QString out;
    bool replaces = false; ///< files that say something else
};
struct CatalogImportCommand
{
    QString path;
    QString format;
    bool apply = false;
};
struct CatalogRegister
{
    Registration registration;
    bool apply = false;
};
struct Scorecard
{
};
struct CatalogRules
{
};
struct ReviewAgenda
{
    std::optional<QString> team; ///< only its groups; empty: those that nobody owns
    bool byTeam = false;
};
struct ReviewOpen
{
    QStringList participants;
};
struct ReviewDecide
{
    QString group;
    QString verdict;
    QString note;
    QString action;
    QString who;
    QString due;
    std::optional<std::int64_t> seen; ///< event of the word that this one may replace
};
struct ReviewClose
{
};
struct ReviewMinutes
{
    QString review; ///< empty: the open one, else the last
    QString out;    ///< empty: Markdown to stdout
};
struct SchemaCheckCommand
{
    QString folder; ///< empty: the workspace's
    QString policy; ///< as written; empty: by the rules' file
    QString level;
    QString base;   ///< a Git revision; empty: the whole folder
    QString format; ///< text, json, sarif, junit, github; empty: by --json
    QString out;
};
struct SchemaAcknowledge
{
    QString eventType;
    int version = 0;
    QString consumer;
    QString note;
};
struct SchemaImpact
{
    SchemaCheckCommand check; ///< without format and file
    QString calendar;         ///< an .ics to write; empty: none
};
struct ReportWeekly
{
    QString out;
};
struct EvaluateLag
{
};
struct AuditVerify
{
};
struct AuditExport
{
    std::int64_t after = 0; ///< entries up to here are left out
    QString type;           ///< how an entry's type begins; empty: all
    QString out;            ///< empty: stdout
};

struct StoreBackup
{
    QString file;
    bool replaces = false;
};
struct StoreRestore
{
    QString file;
};
struct StoreCheck
{
};
struct StorePrune
{
    bool dryRun = false;
    bool compacts = false;
};
struct StorePurge
{
    QString id;
    QString reason;
};

struct RegistryList
{
    QString registry; ///< empty: all
};
struct RegistryShow
{
    QString registry; ///< empty: the only one
    QString subject;
    std::optional<int> version; ///< nullopt: the newest
    QString id;                 ///< instead of a subject
};
struct RegistryCompare
{
    QString registry;
};
struct SchemaServe
{
    QString folder; ///< empty: the workspace's
    int port = 0;   ///< 0: one that is free
};

struct NotifyPreviewCommand
{
    QString what; ///< schema, review
    QString name; ///< event type; a review's id, or empty: the last one
    std::optional<int> version;
};
struct NotifySend
{
    QString what;
    QString name;
    std::optional<int> version;
    QString digest; ///< of the preview; empty: it is shown, and nothing is sent
};
struct NotifyStatus
{
};
struct NotifyRetry
{
    QString id;
};

struct Alerts
{
    QString team;          ///< empty: all
    bool resolved = false; ///< those that ended, instead of those that are open
    QString failOn;        ///< critical, warning, info; empty: nothing fails
};
struct AlertDecisions
{
};
struct AlertAcknowledge
{
    QString id;    ///< or its beginning
    QString until; ///< RFC 3339, or a duration from now; empty: until it is resolved
    QString reason;
};
struct AlertSilenceCommand
{
    QString id; ///< this and the next three: empty: whichever
    QString rule;
    QString team;
    QString connection;
    QString until; ///< RFC 3339, or a duration from now
    QString reason;
};
struct AlertUndo
{
    std::int64_t seq = 0;
    QString reason;
};

struct TrailCommand
{
    QString key;
    bool isBase64 = false;
    std::optional<Millis> since; ///< nullopt: as far back as there is
    int limit = 1'000;
    std::int64_t maxBytes = 1LL << 30;
    QStringList fields;
    QStringList topics;
    bool storedOnly = false;
    bool ownPartitionOnly = false;
};

// clang-format off: one a line, so that two new commands do not meet
using Command = std::variant<
    Demo, Init, Check, Collect, Lag, Slo, DlqGroups, DlqList, DlqShow, DlqViews, DlqViewSave, DlqOrigin, DlqDiff,
    DlqExport, DlqTriage, DlqPivot, DlqMerge, DlqSplit, DlqUnmerge, DlqRegroup, DlqKinds, DlqChannels, DlqDoctor,
    DlqReread, DlqRescue, DlqAct, DlqUndoPreview, DlqNotes, DlqHistory, DlqKnown, ReplayPlan, ReplayRun, ReplayResume,
    ReplayStatus, ReplayCancel, Cost, CostValidate, EvaluateLag, AuditVerify, AuditExport, ReviewAgenda, ReviewOpen,
    ReviewDecide, ReviewClose, ReviewMinutes, ReportWeekly, CatalogLint, CatalogSearch, CatalogRules, RegistryList,
    RegistryShow, RegistryCompare, SchemaServe, SchemaCheckCommand, DlqKnownExport, DlqKnownImport, CostAnalysis,
    CostInvoiceImport, CostInvoices, CostInvoiceRemove, NotifyPreviewCommand, NotifySend, NotifyStatus, NotifyRetry,
    SchemaImpact, SchemaAcknowledge, CatalogDrift, CatalogExportCommand, CatalogImportCommand, CatalogRegister,
    CatalogShow, CatalogTeams, Scorecard, TrailCommand, StoreBackup, StoreRestore, StoreCheck, StorePrune, StorePurge,
    Alerts, AlertDecisions, AlertAcknowledge, AlertSilenceCommand, AlertUndo>;
// clang-format on

struct CommandLine
{
    GlobalOptions global;
    Command command;
};

/// Either a command, or what to print and the exit code (help and version: 0 on stdout; a usage error: 2 on stderr).
struct Refusal
{
    int exitCode = 2;
    QString text;
    bool isHelp = false;  ///< to which belongs where the state lies
    GlobalOptions global; ///< of a call for help: workspace and state as far as they were read
};
[[nodiscard]] std::variant<CommandLine, Refusal> parseCommandLine(const QStringList& arguments);

} // namespace spillway::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/eventhistory.h"
#include "model/catalog/exportplan.h"
#include "model/compatibility/eventversions.h"
#include "model/scorecard/catalogpicture.h"
#include "model/scorecard/plannedchange.h"

#include <memory>
#include <stop_token>

namespace spillway::views {

/// What the catalog screen asks and wants done. As DataSource: blocking, only through AsyncLoad.
class CatalogSource
{
public:
    virtual ~CatalogSource() = default;
    [[nodiscard]] virtual Result<std::shared_ptr<const CatalogPicture>> picture(std::stop_token stop) = 0;
    /// A version of an event's schema; nullopt: the newest. NotFound: there is none.
    [[nodiscard]] virtual Result<EventVersion> version(const QString& eventType, std::optional<int> version,
                                                       std::stop_token stop) = 0;
    /// The event's commits. NotFound: the workspace lies in no Git repository.
    [[nodiscard]] virtual Result<EventHistory> history(const JoinedEvent& event, std::stop_token stop) = 0;
    /// Writes a change that was shown. Conflict when a file is no longer what it was.
    [[nodiscard]] virtual Status apply(const std::vector<YamlText>& texts, const FixIt& fix, std::stop_token stop) = 0;
    /// A new event as it would stand in the files; faulty facts are part of the answer. Conflict: it is registered.
    [[nodiscard]] virtual Result<std::shared_ptr<const PlannedRegistration>>
    planRegistration(const Registration& registration, std::stop_token stop) = 0;
    /// Writes it. @return the files. Conflict when one is no longer what it was.
    [[nodiscard]] virtual Result<QStringList> applyRegistration(const PlannedRegistration& planned) = 0;
    /// What an export would write where. InvalidConfig: our files have faults, or the name is not one for this form.
    [[nodiscard]] virtual Result<std::shared_ptr<const ExportPlan>> planExport(ExchangeForm form, const QString& path,
                                                                               std::stop_token stop) = 0;
    /// Writes it. @return the files that changed.
    [[nodiscard]] virtual Result<QStringList> writeExport(const ExportPlan& plan, bool replaces) = 0;
    /// What these files tell and ours do not.
    [[nodiscard]] virtual Result<std::shared_ptr<const PlannedImport>>
    planImport(ExchangeForm form, const QString& path, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<QStringList> applyImport(const PlannedImport& planned) = 0;
    /// Writes a document the reader asked for.
    [[nodiscard]] virtual Status write(const QString& file, const QByteArray& bytes) = 0;
};

} // namespace spillway::views

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/widgets/asyncload.h"

#include <QDialog>

class QComboBox;
class QPlainTextEdit;
class QPushButton;
class QTableWidget;

namespace spillway::views {

class PlainTextLabel;
class ViewSettings;
class WorkBar;

/// For a dead-letter topic that no dialect fits: each canonical field gets a header, a place in the payload or a
/// constant, with what real letters offer; below, what the choice makes of the newest letters, as the intake would read
/// them; then the lines for spillway.yaml, to be copied, or written there after its change was shown. Deletes itself.
class MappingEditor final : public QDialog
{
    Q_OBJECT
public:
    MappingEditor(DataSource& source, const ViewSettings& settings, const QString& connection, const QString& channel,
                  QWidget* parent);
    ~MappingEditor() override;

    /// As it stands in the fields; without those that are not mapped or have no source yet.
    [[nodiscard]] DeadLetterMapping mapping() const;

Q_SIGNALS:
    /// Stored letters of the channel were read again.
    void reread();

private:
    struct FieldRow
    {
        QString field;
        QComboBox* from = nullptr; ///< not mapped, header, payload, constant
        QComboBox* what = nullptr; ///< offers what the letters have; anything may be typed
    };
    void build(const ViewSettings& settings);
    QWidget* buildFields();
    QWidget* buildButtons();
    void showSubject(Result<MappingSubject> subject);
    void offer(const FieldRow& row) const;
    void showPreview();
    void askEdit();
    void showEdit(Result<MappingEdit> edit);
    void askReread();
    void showReread(Result<RereadReport> report);
    void stopReread();
    void say(const QString& text);

    DataSource& m_data;
    QString m_connection;
    QString m_channel;
    MappingSubject m_subject;
    std::vector<FieldRow> m_rows;
    std::optional<MappingEdit> m_edit; ///< whose change is on screen
    bool m_isSaved = false;
    QTableWidget* m_fields = nullptr;
    QTableWidget* m_preview = nullptr;
    QPlainTextEdit* m_yaml = nullptr;
    PlainTextLabel* m_note = nullptr;
    WorkBar* m_work = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_save = nullptr;
    QPushButton* m_reread = nullptr;
    AsyncLoad<MappingSubject> m_subjectLoad;
    AsyncLoad<MappingEdit> m_editLoad;
    AsyncLoad<bool> m_saveLoad;
    AsyncLoad<RereadReport> m_rereadLoad;
};

} // namespace spillway::views
